package symphony.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.Envelope;
import symphony.component.Guard;

/**
 * Four threads seal and open while keys on a disk are rotated: the longest time that one of them stood still. The bound is what a busy
 * machine needs; {@code -Drotation.pause.millis=5} asks a quiet one with a core for each for what users may expect.
 */
class RotationPauseTest {
    private static final long MOST_MILLIS = Long.getLong("rotation.pause.millis", 10_000);
    private static final int ROTATIONS = Integer.getInteger("rotation.pause.rotations", 5);
    private static final int THREADS = 4;
    private static final long BETWEEN_NANOS = 200_000;

    @TempDir
    private Path temp;

    private final AtomicBoolean over = new AtomicBoolean();

    @Test
    @Timeout(600)
    void isShortForWhoSealsAndOpens() throws Exception {
        var random = new SecureRandom();
        var folder = new KeyFolder(temp.resolve("home"), Optional.empty(), InstantSource.system(), random);
        CryptoEngine engine = Engines.engine(folder.open());
        var operations = new KeyOperations(folder, engine, new Guard(false), List.of(), InstantSource.system(), random);
        var warm = new CountDownLatch(THREADS);
        ExecutorService pool = Executors.newFixedThreadPool(THREADS);
        List<Future<Long>> longest = new ArrayList<>();
        try {
            for (int i = 0; i < THREADS; i++) {
                longest.add(pool.submit(sealing(engine, warm)));
            }
            assertThat(warm.await(120, TimeUnit.SECONDS)).isTrue();
            for (int i = 0; i < ROTATIONS; i++) {
                operations.rotate("a test", CryptoContext.EVENT);
            }
        } finally {
            over.set(true);
        }
        for (Future<Long> each : longest) {
            long micros = TimeUnit.NANOSECONDS.toMicros(each.get(120, TimeUnit.SECONDS));
            assertThat(micros)
                    .as("the longest, in us")
                    .isLessThanOrEqualTo(TimeUnit.MILLISECONDS.toMicros(MOST_MILLIS));
        }
        pool.shutdown();
        assertThat(Engines.seal(engine).keyId()).isEqualTo(1 + ROTATIONS);
    }

    /** Nanoseconds of the longest, once it is warm. */
    private Callable<Long> sealing(CryptoEngine engine, CountDownLatch warm) {
        return () -> {
            for (int i = 0; i < 5_000; i++) {
                sealAndOpen(engine);
            }
            warm.countDown();
            long longest = 0;
            while (!over.get()) {
                long begin = System.nanoTime();
                sealAndOpen(engine);
                longest = Math.max(longest, System.nanoTime() - begin);
                LockSupport.parkNanos(BETWEEN_NANOS);
            }
            return longest;
        };
    }

    private static void sealAndOpen(CryptoEngine engine) {
        Envelope envelope = Engines.seal(engine);
        assertThat(engine.open(CryptoContext.EVENT, envelope).key()).isEqualTo("ada");
    }
}
