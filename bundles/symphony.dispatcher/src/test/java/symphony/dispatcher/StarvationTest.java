package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.event.Event;
import symphony.queue.MemoryQueueEngine;

/** G2: whatever more urgent there is, each event gets its turn. */
@Timeout(60)
class StarvationTest {
    private static final Event URGENT = Event.on("flood").priority(0).build();
    private static final Event PATIENT = Event.on("patient").priority(9).build();

    private final Bench bench = new Bench("workers", 1, "workers.max", 1);
    private final AtomicBoolean flooding = new AtomicBoolean(true);
    private final AtomicLong urgent = new AtomicLong();
    private final Semaphore served = new Semaphore(0);

    @AfterEach
    void close() {
        flooding.set(false);
        bench.close();
    }

    /** A subscription that has always something most urgent to do: each event makes the next. */
    private void flood(String subscription) {
        bench.handle(
                "flood",
                delivery -> {
                    urgent.incrementAndGet();
                    if (flooding.get()) {
                        bench.publish(URGENT);
                    }
                },
                "symphony.subscription",
                subscription);
        bench.publish(URGENT);
        Bench.await(() -> urgent.get() > 100);
    }

    private void aging(String time) {
        bench.queues.apply(MemoryQueueEngine.SETTINGS.orDefaults(Map.of("aging", time)));
    }

    @Test
    void servesAnotherSubscriptionWithinTheFairTimeWhateverIsMoreUrgent() throws Exception {
        aging("0");
        bench.configure("fair", "50ms");
        bench.handle("patient", delivery -> served.release());
        flood("flood");
        for (int round = 0; round < 20; round++) {
            bench.publish(PATIENT);
            served.acquire();
        }
        assertThat(bench.stats("acme/flood").balanced()).isTrue();
        assertThat(bench.stats("acme/flood").depth()).isPositive();
    }

    @Test
    void servesAnUrgentSubscriptionSoonHoweverManyHaveWaitedLong() throws Exception {
        // given: forty that are all overdue at any time
        aging("0");
        bench.configure("fair", "1ms");
        var slow = new AtomicLong();
        for (int i = 0; i < 40; i++) {
            bench.handle(
                    "slow",
                    delivery -> {
                        LockSupport.parkNanos(Duration.ofMillis(2).toNanos());
                        slow.incrementAndGet();
                    },
                    "symphony.subscription",
                    "slow" + i);
        }
        var before = new AtomicLong();
        var most = new AtomicLong();
        bench.handle("urgent", delivery -> {
            most.accumulateAndGet(slow.get() - before.get(), Math::max);
            served.release();
        });
        for (int i = 0; i < 30; i++) {
            bench.publish(Event.on("slow").priority(9).build());
        }
        Bench.await(() -> slow.get() > 100);
        // when, then: the one that runs, and one that is overdue, come before it
        for (int round = 0; round < 10; round++) {
            before.set(slow.get());
            bench.publish(Event.on("urgent").priority(0).build());
            served.acquire();
        }
        assertThat(bench.stats("acme/slow39").depth()).isPositive();
        assertThat(most.get()).isLessThanOrEqualTo(3);
    }

    @Test
    void letsAnEventGrowMoreUrgentAcrossSubscriptions() throws Exception {
        // given: fairness alone would let it wait for longer than the test may take
        bench.configure("fair", "1m");
        aging("20ms");
        bench.handle("patient", delivery -> served.release());
        flood("flood");
        // when
        long begin = System.nanoTime();
        bench.publish(PATIENT);
        served.acquire();
        // then: not before it was as urgent as the others
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(Duration.ofMillis(9 * 20));
        assertThat(bench.stats("acme/flood").depth()).isPositive();
    }

    @Test
    void letsAnEventGrowMoreUrgentWithinItsSubscription() throws Exception {
        aging("20ms");
        bench.handle("+", delivery -> {
            if (delivery.topic().equals("patient")) {
                served.release();
            } else if (flooding.get()) {
                bench.publish(URGENT);
            }
        });
        bench.publish(URGENT);
        bench.publish(PATIENT);
        served.acquire();
        assertThat(bench.stats("acme/handler").depth()).isPositive();
    }

    @Test
    void turnsAgingOffAndOnWhileEventsWait() throws Exception {
        bench.configure("fair", "1m");
        aging("0");
        bench.handle("patient", delivery -> served.release());
        flood("flood");
        bench.publish(PATIENT);
        long before = urgent.get();
        Bench.await(() -> urgent.get() > before + 1_000);
        assertThat(served.availablePermits()).isZero();
        aging("1ms");
        served.acquire();
    }
}
