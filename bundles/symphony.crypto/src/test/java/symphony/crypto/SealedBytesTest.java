package symphony.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.CryptoService.KeyState;

class SealedBytesTest {
    private static final byte[] NAME = {1, 2, 3};
    private static final byte[] TEXT = "what nobody may read".getBytes(StandardCharsets.US_ASCII);

    private final CryptoEngine engine = Engines.engine();

    @ParameterizedTest
    @EnumSource(CryptoContext.class)
    void opensWhatItSealedForAnyContext(CryptoContext context) {
        byte[] sealed = engine.seal(context, NAME, TEXT);

        assertThat(sealed).hasSize(65 + TEXT.length + 16);
        assertThat(engine.open(context, NAME, sealed)).isEqualTo(TEXT);
        for (CryptoContext other : CryptoContext.values()) {
            if (other != context) {
                EnvelopeTest.assertSealException(catchThrowable(() -> engine.open(other, NAME, sealed)));
            }
        }
    }

    @Test
    void takesNothingAsTextAndName() {
        byte[] sealed = engine.seal(CryptoContext.AUDIT, new byte[0], new byte[0]);

        assertThat(sealed).hasSize(81);
        assertThat(engine.open(CryptoContext.AUDIT, new byte[0], sealed)).isEmpty();
    }

    @Test
    void refusesEverySingleFlippedBitAndEveryOtherLengthAlike() {
        byte[] sealed = engine.seal(CryptoContext.MODEL, NAME, TEXT);
        for (int bit = 0; bit < sealed.length * Byte.SIZE; bit++) {
            byte[] flipped = sealed.clone();
            flipped[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
            assertRefused(NAME, flipped);
        }
        for (int length = 0; length < sealed.length; length++) {
            assertRefused(NAME, Arrays.copyOf(sealed, length));
        }
        assertRefused(NAME, Arrays.copyOf(sealed, sealed.length + 1));
    }

    @Test
    void refusesOtherAssociatedData() {
        byte[] sealed = engine.seal(CryptoContext.MODEL, NAME, TEXT);

        assertRefused(new byte[] {1, 2}, sealed);
        assertRefused(new byte[] {1, 2, 3, 0}, sealed);
        assertRefused(new byte[0], sealed);
    }

    @Test
    void refusesAnEnvelopeAndIsRefusedAsOne() {
        assertRefused(new byte[0], Engines.seal(engine).bytes());
        EnvelopeTest.assertRefused(engine, engine.seal(CryptoContext.EVENT, new byte[0], TEXT));
    }

    @Test
    void tellsItsKeysWithoutTheirBytes() {
        var keysets = Engines.keysets(
                Engines.key(3, KeyState.PRIMARY, 0x41),
                Engines.key(1, KeyState.DESTROYED, 0),
                Engines.key(2, KeyState.ENABLED, 0x42));
        var keyed = Engines.engine(keysets);

        assertThat(keyed.keys())
                .filteredOn(k -> k.context() == CryptoContext.EVENT)
                .extracting(k -> k.id() + " " + k.state() + " " + k.createdMillis())
                .containsExactly("1 DESTROYED 1001", "2 ENABLED 1002", "3 PRIMARY 1003");
        assertThat(keyed.cipher()).isEqualTo("AES-256-GCM (SunJCE)");
        assertThat(keyed.encrypting()).isTrue();
        assertThat(keysets.toString() + keysets.keys().get(0)).doesNotContain("[B@", "4141", "AAAA", "65, 65");
    }

    private void assertRefused(byte[] name, byte[] sealed) {
        EnvelopeTest.assertSealException(catchThrowable(() -> engine.open(CryptoContext.MODEL, name, sealed)));
    }
}
