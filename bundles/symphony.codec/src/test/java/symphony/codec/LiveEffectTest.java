package symphony.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each key, changed while threads encode and decode: it holds from then on, and what was encoded stays readable. G11. */
@Timeout(120)
class LiveEffectTest {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final Map<String, Object> SMALL = Map.of("n", 12L);
    private static final int THREADS = 3;

    private final CborCodec codec = new CborCodec(Map.of());
    private final List<Thread> threads = new ArrayList<>();
    /** Rounds by thread. */
    private final List<AtomicLong> rounds = new ArrayList<>();

    private final AtomicLong taken = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private volatile boolean open = true;

    @AfterEach
    void end() throws InterruptedException {
        open = false;
        for (Thread thread : threads) {
            thread.join();
        }
        codec.deactivate();
        assertThat(failure.get()).isNull();
    }

    /** Threads encode and decode what each limit allows, and try what is near one. */
    private void load(Object data) {
        byte[] before = codec.encode(data);
        for (int i = 0; i < THREADS; i++) {
            var count = new AtomicLong();
            var thread = new Thread(() -> {
                while (open) {
                    attempt(data, before);
                    byte[] small = codec.encode(SMALL);
                    assertThat(codec.decode(small, 0, small.length)).isEqualTo(SMALL);
                    codec.decode(before, 0, before.length);
                    count.incrementAndGet();
                }
            });
            thread.setUncaughtExceptionHandler((t, e) -> failure.set(e));
            rounds.add(count);
            threads.add(thread);
            thread.start();
        }
    }

    private void attempt(Object data, byte[] expected) {
        try {
            assertThat(codec.encode(data)).isEqualTo(expected);
            taken.incrementAndGet();
        } catch (IllegalArgumentException e) {
            refused.incrementAndGet();
        }
    }

    private void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(failure.get()).isNull();
            assertThat(System.nanoTime() - deadline)
                    .as("it did not come to that")
                    .isNegative();
            LockSupport.parkNanos(200_000);
        }
    }

    /** Each thread goes through so many more rounds, from begin to end. */
    private void progress(int number) {
        for (AtomicLong count : rounds) {
            long begun = count.get();
            await(() -> count.get() > begun + number);
        }
    }

    /** From now on only this counter rises. */
    private void only(AtomicLong rising, AtomicLong still) {
        progress(1); // what was begun before is over
        long last = still.get();
        long before = rising.get();
        progress(200);
        assertThat(still).hasValue(last);
        assertThat(rising.get()).isGreaterThan(before);
    }

    private void holds(String key, int more, int less, Object bad) {
        only(taken, refused);
        codec.modified(Map.of(key, less));
        only(refused, taken);
        codec.modified(Map.of(key, bad));
        only(refused, taken);
        codec.modified(Map.of(key, more));
        only(taken, refused);
        codec.modified(Map.of(key, bad));
        only(taken, refused);
        codec.modified(Map.of(key, less));
        only(refused, taken);
        codec.modified(Map.of());
        only(taken, refused);
    }

    @Test
    void dataAreAsLargeAsConfigured() {
        load(Map.of("text", "x".repeat(4_000)));
        holds("payload.max.bytes", 4_096, 4_000, 1);
    }

    @Test
    void dataAreNestedAsDeepAsConfigured() {
        Map<String, Object> nested = SMALL;
        for (int depth = 2; depth <= 10; depth++) {
            nested = Map.of("in", nested);
        }
        load(nested);
        holds("depth.max", 10, 9, "deep");
    }
}
