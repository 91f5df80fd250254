package symphony.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.Envelope;
import symphony.component.Guard;

/** What a dump of the live heap shows of keys. */
@Timeout(120)
class ErasedKeysTest {
    private static final byte MASK = 0x5a;
    private static final int MOST_DUMPS = 8;

    @TempDir
    private Path temp;

    private final HandClock clock = new HandClock();
    private final AtomicReference<Keysets> stored = new AtomicReference<>();
    private CryptoEngine engine;

    /** A copy that is no copy: the bytes themselves must not be in the heap because of this test. */
    private static byte[] masked(byte[] bytes) {
        byte[] masked = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            masked[i] = (byte) (bytes[i] ^ MASK);
        }
        return masked;
    }

    private byte[] heap(String name) throws Exception {
        Path file = temp.resolve(name + ".hprof");
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class).dumpHeap(file.toString(), true);
        return Files.readAllBytes(file);
    }

    private static boolean contains(byte[] heap, byte[] masked) {
        byte first = (byte) (masked[0] ^ MASK);
        for (int at = 0; at <= heap.length - masked.length; at++) {
            if (heap[at] == first && isAt(heap, at, masked)) {
                return true;
            }
        }
        return false;
    }

    /** Until garbage is overwritten, if that is what these are: not each collection before a dump does that. */
    private void awaitCollected(byte[]... masked) throws Exception {
        int dumps = 0;
        while (dumps < MOST_DUMPS && isAnyInHeap("dump" + dumps, masked)) {
            dumps++;
        }
    }

    /** Keeps nothing of the dump, or the next one would have it. */
    private boolean isAnyInHeap(String name, byte[]... masked) throws Exception {
        byte[] heap = heap(name);
        return Arrays.stream(masked).anyMatch(each -> contains(heap, each));
    }

    private static boolean isAt(byte[] heap, int at, byte[] masked) {
        for (int i = 0; i < masked.length; i++) {
            if ((byte) (heap[at + i] ^ MASK) != masked[i]) {
                return false;
            }
        }
        return true;
    }

    /** Uses the primary keys in all ways. */
    private void useKeys() throws Exception {
        Envelope envelope = Engines.seal(engine);
        engine.open(CryptoContext.EVENT, envelope);
        var sealed = new ByteArrayOutputStream();
        try (var out = engine.sealing(CryptoContext.EVENT, new byte[0], sealed)) {
            out.write(1);
            out.finish();
        }
        engine.opening(CryptoContext.EVENT, new byte[0], new ByteArrayInputStream(sealed.toByteArray()))
                .readAllBytes();
    }

    /** What the key of an event's writer is. */
    private byte[] maskedWriterKey() {
        Envelope envelope = Engines.seal(engine);
        byte[] salt = Engines.salt(envelope).array();
        return masked(KeyDerivation.writerKey(engine.keysets().primary(CryptoContext.EVENT), salt));
    }

    @Test
    void areNotInTheHeapOnceTheyAreDestroyed() throws Exception {
        stored.set(Keysets.random(clock, new SecureRandom()));
        engine = Engines.engine(stored.get());
        var operations = new KeyOperations(
                new KeysetStore() {
                    @Override
                    public Keysets change(UnaryOperator<Keysets> change) {
                        return stored.updateAndGet(change);
                    }

                    @Override
                    public Keysets read() {
                        return stored.get();
                    }
                },
                engine,
                new Guard(false),
                List.of(),
                clock,
                new SecureRandom());
        useKeys();
        byte[] secret = masked(engine.keysets().primary(CryptoContext.EVENT).secret());
        byte[] writerKey = maskedWriterKey();
        operations.rotate("test", CryptoContext.EVENT);
        useKeys();
        byte[] next = masked(engine.keysets().primary(CryptoContext.EVENT).secret());
        byte[] nextWriterKey = maskedWriterKey();
        assertThat(contains(heap("before"), secret))
                .as("an enabled key is there")
                .isTrue();

        operations.destroy("test", CryptoContext.EVENT, 1, true); // when
        useKeys();
        awaitCollected(secret, writerKey, nextWriterKey);
        byte[] after = heap("after");
        assertThat(contains(after, secret)).isFalse();
        assertThat(contains(after, writerKey)).isFalse();
        assertThat(contains(after, next)).as("the primary key is there").isTrue();
        assertThat(contains(after, nextWriterKey))
                .as("that of before was forgotten")
                .isFalse();
    }
}
