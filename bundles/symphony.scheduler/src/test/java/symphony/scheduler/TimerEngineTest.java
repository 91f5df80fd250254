package symphony.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
final class TimerEngineTest {
    /** Close to the overflow of a long, which System.nanoTime() may cross at any time. */
    private final HandClock clock =
            new HandClock(Long.MAX_VALUE - Duration.ofSeconds(1).toNanos());

    private final TimerEngine timer = new TimerEngine(clock);
    private final BlockingQueue<Long> called = new LinkedBlockingQueue<>();

    @AfterEach
    void close() {
        timer.close();
    }

    @Test
    void callsInOrderOfDeadlinesAcrossTheOverflowOfTheClock() throws Exception {
        at(Duration.ofSeconds(3), 3); // given: seconds 2 and 3 lie beyond the overflow
        at(Duration.ofMillis(500), 0);
        at(Duration.ofSeconds(2), 2);
        advance(Duration.ofSeconds(4)); // when
        assertThat(take(3)).containsExactly(0L, 2L, 3L); // then
    }

    @Test
    void callsEqualDeadlinesInTheOrderTheyWereSet() throws Exception {
        for (long i = 0; i < 1_000; i++) {
            at(Duration.ofSeconds(1), i);
        }
        advance(Duration.ofSeconds(1));
        assertThat(take(1_000)).isSorted().hasSize(1_000);
    }

    @Test
    void callsWhatIsPastAtOnce() throws Exception {
        at(Duration.ofDays(-1), 1);
        assertThat(take(1)).containsExactly(1L);
    }

    @Test
    void keepsADeadlineTenYearsAhead() throws Exception {
        Duration tenYears = Duration.ofDays(3653);
        at(tenYears, 10);
        advance(tenYears.minusNanos(1));
        at(Duration.ZERO, 1);
        assertThat(take(1)).as("only what is due").containsExactly(1L);
        advance(Duration.ofNanos(1));
        assertThat(take(1)).containsExactly(10L);
    }

    /** As for want of memory, which may be missing for whatever the thread does. */
    @Test
    void goesOnAfterItsThreadFails() throws Exception {
        var failures = new AtomicInteger(3);
        var parks = new CountDownLatch(1);
        NanoClock failing = new NanoClock() {
            @Override
            public long nanoTime() {
                return System.nanoTime();
            }

            @Override
            public void park(Object blocker, long nanos) {
                if (failures.getAndDecrement() > 0) {
                    throw new OutOfMemoryError("thrown by a test");
                }
                parks.countDown();
                NanoClock.SYSTEM.park(blocker, nanos);
            }
        };
        try (var other = new TimerEngine(failing)) {
            other.schedule(other.nanoTime() + Duration.ofHours(1).toNanos(), called::add, 8);
            assertThat(parks.await(10, TimeUnit.SECONDS)).isTrue();
            other.schedule(other.nanoTime(), called::add, 7);
            assertThat(take(1)).containsExactly(7L);
        }
    }

    /** Deadlines are compared by difference, which overflows where they are more than 292 years apart. */
    @Test
    void keepsItsOrderWhateverDeadlineItIsGiven() throws Exception {
        at(Duration.ofNanos(Long.MAX_VALUE), 9);
        at(Duration.ofDays(3653), 8);
        at(Duration.ofSeconds(1), 2);
        at(Duration.ofNanos(Long.MIN_VALUE), 1);
        advance(Duration.ofSeconds(1));
        assertThat(take(2)).containsExactly(1L, 2L);
        advance(Duration.ofDays(3653));
        assertThat(take(1)).containsExactly(8L);
        assertThat(timer.size()).isEqualTo(1);
    }

    @Test
    void doesNotCallWhatWasCancelled() throws Exception {
        long ticket = at(Duration.ofSeconds(1), 1);
        at(Duration.ofSeconds(2), 2);
        assertThat(timer.cancel(ticket)).isTrue();
        assertThat(timer.cancel(ticket)).isFalse();
        assertThat(timer.size()).as("gone at once").isEqualTo(1);
        advance(Duration.ofSeconds(2));
        assertThat(take(1)).containsExactly(2L);
    }

    @Test
    void livesOnAfterCallbacksThatThrow() throws Exception {
        timer.schedule(
                clock.nanoTime(),
                cookie -> {
                    throw new IllegalStateException("expected by the test");
                },
                0);
        timer.schedule(
                clock.nanoTime(),
                cookie -> {
                    throw new StackOverflowError("expected by the test");
                },
                0);
        timer.schedule(clock.nanoTime(), cookie -> Thread.currentThread().interrupt(), 0);
        at(Duration.ofSeconds(1), 7);
        advance(Duration.ofSeconds(1));
        assertThat(take(1)).containsExactly(7L);
    }

    @Test
    void callsOnOneDaemonThreadWithoutContextClassLoader() throws Exception {
        var thread = new AtomicReference<Thread>();
        var loader = new AtomicReference<ClassLoader>(getClass().getClassLoader());
        timer.schedule(
                clock.nanoTime(),
                cookie -> {
                    thread.set(Thread.currentThread());
                    loader.set(Thread.currentThread().getContextClassLoader());
                    called.add(cookie);
                },
                1);
        take(1);
        assertThat(thread.get().getName()).isEqualTo("symphony-timer");
        assertThat(thread.get().isDaemon()).isTrue();
        assertThat(loader.get()).isNull();
    }

    @Test
    void parksWhenNothingIsDue() throws Exception {
        var thread = new AtomicReference<Thread>();
        timer.schedule(
                clock.nanoTime(),
                cookie -> {
                    thread.set(Thread.currentThread());
                    called.add(cookie);
                },
                1);
        at(Duration.ofHours(1), 2);
        take(1);
        while (thread.get().getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        assertThat(timer.size()).isEqualTo(1);
    }

    @Test
    void refusesAfterCloseAndCallsNothing() throws Exception {
        long ticket = at(Duration.ofSeconds(1), 1);
        timer.close();
        timer.close();
        advance(Duration.ofSeconds(2));
        assertThat(timer.cancel(ticket)).isFalse();
        assertThat(called).isEmpty();
        assertThatThrownBy(() -> at(Duration.ZERO, 2))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void closesFromItsOwnCallback() throws Exception {
        timer.schedule(
                clock.nanoTime(),
                cookie -> {
                    timer.close();
                    called.add(cookie);
                },
                1);
        assertThat(take(1)).containsExactly(1L);
    }

    @Test
    void ofCancelAndCallExactlyOneHappens() throws Exception {
        int rounds = 10_000;
        var calls = new AtomicIntegerArray(rounds);
        int cancels = 0;
        try (var real = new TimerEngine()) {
            for (int round = 0; round < rounds; round++) {
                long ticket =
                        real.schedule(real.nanoTime() + round % 7 * 1_000, i -> calls.incrementAndGet((int) i), round);
                if (round % 3 == 0) {
                    Thread.yield();
                }
                if (real.cancel(ticket)) {
                    cancels++;
                    calls.addAndGet(round, 100);
                }
            }
            awaitEmpty(real);
        }
        int called = 0;
        for (int round = 0; round < rounds; round++) {
            assertThat(calls.get(round)).as("round %d", round).isIn(1, 100);
            called += calls.get(round) == 1 ? 1 : 0;
        }
        assertThat(called + cancels).isEqualTo(rounds);
    }

    @Test
    void eightThreadsThatSetAndCancelGetWhatTheyAskedFor() throws Exception {
        int threads = 8;
        int each = 5_000;
        var calls = new AtomicIntegerArray(threads * each);
        var cancelled = new AtomicIntegerArray(threads * each);
        var failure = new AtomicReference<Throwable>();
        try (var real = new TimerEngine()) {
            var barrier = new CyclicBarrier(threads);
            List<Thread> running = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                int base = t * each;
                long seed = 42 + t;
                var thread = new Thread(() -> {
                    var random = new Random(seed);
                    long[] tickets = new long[each];
                    await(barrier);
                    for (int i = 0; i < each; i++) {
                        long deadline = real.nanoTime() + random.nextInt(2_000_000);
                        tickets[i] = real.schedule(deadline, n -> calls.incrementAndGet((int) n), base + i);
                        int victim = random.nextInt(i + 1);
                        if (random.nextBoolean() && real.cancel(tickets[victim])) {
                            cancelled.incrementAndGet(base + victim);
                        }
                    }
                });
                thread.setUncaughtExceptionHandler((ignored, e) -> failure.set(e));
                thread.start();
                running.add(thread);
            }
            for (Thread thread : running) {
                thread.join();
            }
            awaitEmpty(real);
        }
        assertThat(failure.get()).isNull();
        for (int i = 0; i < threads * each; i++) {
            assertThat(calls.get(i) + cancelled.get(i)).as("deadline %d", i).isEqualTo(1);
        }
    }

    @Test
    void holdsAMillionDeadlinesInOrder() throws Exception {
        int many = 1_000_000;
        var random = new Random(1);
        var last = new AtomicReference<>(Long.MIN_VALUE);
        var outOfOrder = new AtomicInteger();
        var done = new CountDownLatch(many);
        long base = clock.nanoTime();
        for (int i = 0; i < many; i++) {
            long delay = random.nextInt(1_000_000_000) + 1L;
            timer.schedule(
                    base + delay,
                    cookie -> {
                        if (cookie < last.get()) {
                            outOfOrder.incrementAndGet();
                        }
                        last.set(cookie);
                        done.countDown();
                    },
                    delay);
        }
        assertThat(timer.size()).isEqualTo(many);
        advance(Duration.ofSeconds(2));
        done.await();
        assertThat(outOfOrder).hasValue(0);
    }

    private long at(Duration fromNow, long cookie) {
        return timer.schedule(clock.nanoTime() + fromNow.toNanos(), called::add, cookie);
    }

    private void advance(Duration time) {
        clock.advance(time);
        timer.wake();
    }

    private List<Long> take(int count) throws InterruptedException {
        var taken = new ArrayList<Long>();
        for (int i = 0; i < count; i++) {
            Long next = called.poll(10, TimeUnit.SECONDS);
            assertThat(next).as("call %d of %d came", i + 1, count).isNotNull();
            taken.add(next);
        }
        return Collections.unmodifiableList(taken);
    }

    /** A deadline later than all others is called after them. */
    private static void awaitEmpty(TimerEngine real) throws InterruptedException {
        var last = new CountDownLatch(1);
        real.schedule(real.nanoTime() + 5_000_000, cookie -> last.countDown(), 0);
        assertThat(last.await(60, TimeUnit.SECONDS)).isTrue();
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await(60, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
