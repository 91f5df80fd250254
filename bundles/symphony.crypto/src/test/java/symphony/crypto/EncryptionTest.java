package symphony.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.Envelope;
import symphony.component.Environment;

class EncryptionTest {
    private static Encryption of(String encryption, String environment) {
        Map<String, String> properties = new HashMap<>();
        properties.put(Encryption.SWITCH, encryption);
        properties.put(Environment.PROPERTY, environment);
        return Encryption.of(properties::get);
    }

    @Test
    void isOnUnlessItIsOffInDevelopment() {
        assertThat(of(null, null)).isEqualTo(Encryption.ON);
        assertThat(of(null, "dev")).isEqualTo(Encryption.ON);
        assertThat(of("on", "dev")).isEqualTo(Encryption.ON);
        assertThat(of("off", "dev")).isEqualTo(Encryption.OFF);
    }

    @ParameterizedTest
    @CsvSource(
            value = {"off, null", "off, prod", "off, DEV", "off, ''"},
            nullValues = "null")
    void refusesToBeOffOutsideDevelopment(String encryption, String environment) {
        assertThatIllegalStateException()
                .isThrownBy(() -> of(encryption, environment))
                .withMessageContaining("symphony.encryption is off, which needs symphony.environment=dev")
                .withMessageContaining("remove symphony.encryption");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "OFF", "false", "no", " off", "On"})
    void refusesAnythingElse(String encryption) {
        assertThatIllegalStateException()
                .isThrownBy(() -> of(encryption, "dev"))
                .withMessageContaining("is '" + encryption + "', must be on or off");
    }

    @Test
    void opensOnlyItsOwnSuite() {
        var on = Engines.engine();
        var off = Engines.plaintextEngine();
        Envelope plain = Engines.seal(off);
        Envelope sealed = Engines.seal(on);

        assertThat(plain.suite()).isEqualTo(Envelope.SUITE_NONE);
        assertThat(off.open(CryptoContext.EVENT, plain).data()).containsEntry("customer", "ada");
        EnvelopeTest.assertSealException(catchThrowable(() -> on.open(CryptoContext.EVENT, plain)));
        EnvelopeTest.assertSealException(catchThrowable(() -> off.open(CryptoContext.EVENT, sealed)));
        EnvelopeTest.assertSealException(catchThrowable(() -> off.open(CryptoContext.SCHEDULE, plain)));
    }

    @Test
    void opensOnlyItsOwnSuiteOfByteArrays() {
        byte[] text = {1, 2, 3};
        byte[] plain = Engines.plaintextEngine().seal(CryptoContext.MODEL, text, text);
        byte[] sealed = Engines.engine().seal(CryptoContext.MODEL, text, text);

        assertThat(plain).hasSize(68);
        assertThat(Engines.plaintextEngine().open(CryptoContext.MODEL, text, plain))
                .isEqualTo(text);
        EnvelopeTest.assertSealException(catchThrowable(() -> Engines.engine().open(CryptoContext.MODEL, text, plain)));
        EnvelopeTest.assertSealException(
                catchThrowable(() -> Engines.plaintextEngine().open(CryptoContext.MODEL, text, sealed)));
    }

    @Test
    void hasZerosForKeyAndNonceWhenOff() {
        var off = Engines.plaintextEngine();
        Envelope plain = Engines.seal(off);
        for (int at = Envelope.KEY_ID_AT; at < Envelope.EVENT_ID_AT; at++) {
            assertThat(plain.bytes()[at]).isZero();
            byte[] other = plain.bytes().clone();
            other[at] = 1;
            EnvelopeTest.assertRefused(off, other);
        }
    }

    @Test
    void tellsThatItIsOff() {
        var off = Engines.plaintextEngine();

        assertThat(off.encrypting()).isFalse();
        assertThat(off.cipher()).startsWith("none");
        assertThat(off.keys()).isEmpty();
        assertThat(off.orderKey("ada")).isEqualTo(Engines.plaintextEngine().orderKey("ada"));
    }
}
