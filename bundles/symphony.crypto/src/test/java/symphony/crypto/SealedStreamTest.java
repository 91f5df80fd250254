package symphony.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.CryptoService.KeyState;
import symphony.api.crypto.SealedReader;

/** Streams at rest: what was sealed opens, anything else does not. */
class SealedStreamTest {
    private static final byte[] NAME = {1, 2, 3};
    private static final int SEGMENT = StreamHeader.SEGMENT_BYTES;
    private static final int SEALED = SEGMENT + 16;

    @TempDir
    private Path temp;

    private final CryptoEngine engine = Engines.engine();

    private static byte[] text(int length) {
        byte[] text = new byte[length];
        new Random(length).nextBytes(text);
        return text;
    }

    private static byte[] seal(CryptoEngine by, byte[] text) throws IOException {
        var to = new ByteArrayOutputStream();
        try (var out = by.sealing(CryptoContext.MODEL, NAME, to)) {
            var random = new Random(7);
            for (int at = 0; at < text.length; ) {
                int some = Math.min(text.length - at, 1 + random.nextInt(100_000));
                out.write(text, at, some);
                at += some;
            }
            out.finish();
        }
        return to.toByteArray();
    }

    private static byte[] open(CryptoEngine by, CryptoContext context, byte[] name, byte[] sealed) throws IOException {
        try (var in = by.opening(context, name, new ByteArrayInputStream(sealed))) {
            return in.readAllBytes();
        }
    }

    private byte[] open(byte[] sealed) throws IOException {
        return open(engine, CryptoContext.MODEL, NAME, sealed);
    }

    private FileChannel file(byte[] sealed) throws IOException {
        return FileChannel.open(Files.write(temp.resolve("sealed"), sealed), StandardOpenOption.READ);
    }

    private byte[] readAll(byte[] sealed) throws IOException {
        try (FileChannel file = file(sealed);
                SealedReader reader = engine.reader(CryptoContext.MODEL, NAME, file)) {
            byte[] all = new byte[(int) reader.size()];
            for (int at = 0; at < all.length; ) {
                at += reader.read(at, all, at, all.length - at);
            }
            return all;
        }
    }

    /** In whatever way it is opened. */
    private void assertRefused(byte[] sealed) {
        assertSealException(() -> open(sealed));
        assertSealException(() -> readAll(sealed));
    }

    private static void assertSealException(ThrowingCallable call) {
        EnvelopeTest.assertSealException(catchThrowable(call));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, SEGMENT - 1, SEGMENT, SEGMENT + 1, 2 * SEGMENT, 3 * SEGMENT + 7})
    void opensWhatItSealed(int length) throws IOException {
        byte[] text = text(length);
        byte[] sealed = seal(engine, text);
        int segments = Math.max(1, (length + SEGMENT - 1) / SEGMENT);
        assertThat(sealed).hasSize(61 + length + 16 * segments);
        assertThat(open(sealed)).isEqualTo(text);
        assertThat(readAll(sealed)).isEqualTo(text);
    }

    @Test
    void readsFromAnywhere() throws IOException {
        byte[] text = text(2 * SEGMENT + 100);
        var random = new Random(1);
        try (SealedReader reader = engine.reader(CryptoContext.MODEL, NAME, file(seal(engine, text)))) {
            for (int i = 0; i < 200; i++) {
                int at = random.nextInt(text.length);
                byte[] some = new byte[10 + random.nextInt(1_000)];
                int read = reader.read(at, some, 5, some.length - 5);
                assertThat(read).isBetween(1, some.length - 5);
                assertThat(Arrays.copyOfRange(some, 5, 5 + read)).isEqualTo(Arrays.copyOfRange(text, at, at + read));
            }
            assertThat(reader.read(text.length, new byte[1], 0, 1)).isEqualTo(-1);
            assertThat(reader.read(Long.MAX_VALUE, new byte[1], 0, 1)).isEqualTo(-1);
            assertThatThrownBy(() -> reader.read(-1, new byte[1], 0, 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("position is -1");
        }
    }

    @Test
    void sealsTheSameTwiceToDifferentBytes() throws IOException {
        byte[] one = seal(engine, text(100));
        byte[] two = seal(engine, text(100));
        assertThat(Arrays.copyOfRange(one, 61, 177)).isNotEqualTo(Arrays.copyOfRange(two, 61, 177));
    }

    @Test
    void refusesWhatWasNotFinished() throws IOException {
        var to = new ByteArrayOutputStream();
        var out = engine.sealing(CryptoContext.MODEL, NAME, to);
        out.write(text(2 * SEGMENT + 5));
        out.flush();
        out.close(); // when
        assertRefused(to.toByteArray());
        assertThatThrownBy(() -> out.write(1)).isInstanceOf(IOException.class).hasMessageContaining("is finished");
    }

    @Test
    void takesNothingMoreOnceItIsFinished() throws IOException {
        var to = new ByteArrayOutputStream();
        try (var out = engine.sealing(CryptoContext.MODEL, NAME, to)) {
            out.write('x');
            out.finish();
            out.finish();
            assertThatThrownBy(() -> out.write('y')).isInstanceOf(IOException.class);
        }
        assertThat(open(to.toByteArray())).containsExactly('x');
    }

    @Test
    void refusesEverySingleFlippedBitAndEveryOtherLength() throws IOException {
        byte[] sealed = seal(engine, text(20));
        for (int bit = 0; bit < sealed.length * Byte.SIZE; bit++) {
            byte[] flipped = sealed.clone();
            flipped[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
            assertRefused(flipped);
        }
        for (int length = 0; length < sealed.length; length++) {
            assertRefused(Arrays.copyOf(sealed, length));
        }
        assertRefused(Arrays.copyOf(sealed, sealed.length + 1));
    }

    @Test
    void refusesSegmentsThatWereCutOffLeftOutExchangedOrRepeated() throws IOException {
        byte[] sealed = seal(engine, text(3 * SEGMENT + 100));
        for (int cut = 1; cut <= 3; cut++) {
            assertRefused(Arrays.copyOf(sealed, 61 + cut * SEALED));
            assertRefused(Arrays.copyOf(sealed, 61 + cut * SEALED + 50));
        }
        assertRefused(with(sealed, 1, 2, sealed));
        assertRefused(without(sealed, 1));
        assertRefused(concat(Arrays.copyOf(sealed, 61 + 2 * SEALED), sealed, 61 + SEALED));
        assertRefused(concat(sealed, sealed, 61 + 3 * SEALED));
        assertRefused(with(sealed, 1, 1, seal(engine, text(3 * SEGMENT + 100))));
    }

    /** With one segment of another stream in a place. */
    private static byte[] with(byte[] sealed, int place, int segment, byte[] other) {
        byte[] changed = sealed.clone();
        System.arraycopy(other, 61 + segment * SEALED, changed, 61 + place * SEALED, SEALED);
        return changed;
    }

    private static byte[] without(byte[] sealed, int segment) {
        return concat(Arrays.copyOf(sealed, 61 + segment * SEALED), sealed, 61 + (segment + 1) * SEALED);
    }

    private static byte[] concat(byte[] first, byte[] second, int from) {
        byte[] all = Arrays.copyOf(first, first.length + second.length - from);
        System.arraycopy(second, from, all, first.length, second.length - from);
        return all;
    }

    @Test
    void refusesAnotherNameOrContext() throws IOException {
        byte[] sealed = seal(engine, text(20));
        assertSealException(() -> open(engine, CryptoContext.MODEL, new byte[] {1, 2}, sealed));
        assertSealException(() -> open(engine, CryptoContext.AUDIT, NAME, sealed));
        assertSealException(() -> open(Engines.engine(), CryptoContext.MODEL, NAME, sealed));
    }

    @Test
    void refusesWhatItsKeyMayNotOpenAnyMore() throws IOException {
        KeysetKey key = Engines.key(CryptoContext.MODEL, 1, KeyState.PRIMARY, 9);
        byte[] sealed = seal(Engines.engine(Engines.keysets(Engines.key(1, KeyState.PRIMARY, 1))), text(20));
        Keysets now = Engines.keysets(Engines.key(1, KeyState.PRIMARY, 1));
        assertThat(now.primary(CryptoContext.MODEL).secret()).isEqualTo(key.secret());
        Keysets rotated = now.rotated(CryptoContext.MODEL, new HandClock(), new SecureRandom());
        KeysetKey old = rotated.find(CryptoContext.MODEL, 1).orElseThrow();

        assertThat(open(Engines.engine(rotated), CryptoContext.MODEL, NAME, sealed))
                .isEqualTo(text(20));
        for (KeyState state : new KeyState[] {KeyState.DISABLED, KeyState.DESTROYED}) {
            CryptoEngine changed = Engines.engine(rotated.with(old, state));
            assertSealException(() -> open(changed, CryptoContext.MODEL, NAME, sealed));
        }
    }

    /** The first pieces are right; whoever reads on after the failure must not take it for the end. */
    @Test
    void handsOutNoByteOfAPieceThatWasChangedAndNoEndAfterIt() throws IOException {
        byte[] text = text(3 * SEGMENT);
        byte[] sealed = seal(engine, text);
        sealed[61 + SEALED + 10] ^= 1;
        try (var in = engine.opening(CryptoContext.MODEL, NAME, new ByteArrayInputStream(sealed))) {
            assertThat(in.readNBytes(SEGMENT)).isEqualTo(Arrays.copyOf(text, SEGMENT));
            assertSealException(in::read);
            assertSealException(in::read);
        }
    }

    @Test
    void isPlaintextWhereNothingIsEncryptedAndOpensNowhereElse() throws IOException {
        CryptoEngine plain = Engines.plaintextEngine();
        byte[] text = text(SEGMENT + 5);
        byte[] sealed = seal(plain, text);
        assertThat(sealed).hasSize(61 + text.length);
        assertThat(open(plain, CryptoContext.MODEL, NAME, sealed)).isEqualTo(text);
        assertRefused(sealed);
        byte[] encrypted = seal(engine, text);
        assertSealException(() -> open(plain, CryptoContext.MODEL, NAME, encrypted));
    }

    @Test
    void tellsOnceItFailedThatItOpensNowhere() throws IOException {
        var out = engine.sealing(CryptoContext.MODEL, NAME, new ByteArrayOutputStream() {
            @Override
            public void write(byte[] bytes) throws IOException {
                if (size() > 0) {
                    throw new IOException("the disk is full, a test says");
                }
                super.write(bytes, 0, bytes.length);
            }
        });
        out.write(1);
        assertThatThrownBy(out::finish).hasMessage("the disk is full, a test says");
        assertThatThrownBy(out::finish).isInstanceOf(IOException.class).hasMessageContaining("opens nowhere");
        assertThatThrownBy(() -> out.write(1)).isInstanceOf(IOException.class);
    }

    @Test
    void isNotFinishedWithAKeyThatWasDestroyedMeanwhile() throws IOException {
        Keysets before = Keysets.random(new HandClock(), new SecureRandom());
        CryptoEngine changed = Engines.engine(before);
        var out = changed.sealing(CryptoContext.MODEL, NAME, new ByteArrayOutputStream());
        Keysets rotated = before.rotated(CryptoContext.MODEL, new HandClock(), new SecureRandom());
        changed.use(rotated);
        changed.use(rotated.with(rotated.find(CryptoContext.MODEL, 1).orElseThrow(), KeyState.DESTROYED));
        assertThatThrownBy(out::finish)
                .isInstanceOf(IOException.class)
                .hasMessage("the key of the sealed stream was destroyed while it was written; write it anew");
    }
}
