package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.event.Delivery;
import symphony.api.event.Event;
import symphony.queue.MemoryQueueEngine;

/** G2: whatever more urgent there is, each event gets its turn. */
@Timeout(120)
class StarvationTest {
    private static final Event URGENT = Event.on("flood").priority(0).build();
    private static final Event PATIENT = Event.on("patient").priority(9).build();

    private static final long MILLI = Duration.ofMillis(1).toNanos();

    private final Bench bench = new Bench("workers", 1, "workers.max", 1);
    private final AtomicBoolean flooding = new AtomicBoolean(true);
    private final AtomicLong urgent = new AtomicLong();
    private final Semaphore served = new Semaphore(0);

    /** A clock that goes on by a millisecond with each urgent call, and by nothing else. */
    private final AtomicLong clock = new AtomicLong(bench.timer.nanoTime());

    /** Where the next urgent call publishes patient events: no other call can come between. */
    private final AtomicReference<List<String>> wanted = new AtomicReference<>(List.of());

    /** Topic of each patient event that was handled, and how many urgent calls there were since it was published. */
    private final Map<String, Long> waited = new ConcurrentSkipListMap<>();

    @AfterEach
    void close() {
        flooding.set(false);
        bench.close();
    }

    /** A subscription that has always something most urgent to do: each event makes the next. */
    private void flood(String subscription) {
        bench.handle("flood", this::flood, "symphony.subscription", subscription);
        beginFlood();
    }

    private void flood(Delivery delivery) {
        urgent.incrementAndGet();
        clock.addAndGet(MILLI);
        for (String topic : wanted.getAndSet(List.of())) {
            bench.publish(Event.on(topic).with("n", urgent.get()).priority(9).build());
        }
        if (flooding.get()) {
            bench.publish(URGENT);
        }
    }

    private void beginFlood() {
        bench.publish(URGENT);
        Bench.await(() -> urgent.get() > 100);
    }

    private void count(Delivery patient) {
        waited.put(patient.topic(), urgent.get() - patient.getLong("n", -1));
        served.release();
    }

    private void aging(String time) {
        bench.queues.apply(MemoryQueueEngine.SETTINGS.orDefaults(Map.of("aging", time)));
    }

    @Test
    void servesAnotherSubscriptionWithinTheFairTimeWhateverIsMoreUrgent() throws Exception {
        bench.nanos = clock::get;
        aging("0");
        bench.configure("fair", "50ms");
        bench.handle("patient", this::count);
        flood("flood");
        for (int round = 0; round < 20; round++) {
            wanted.set(List.of("patient"));
            served.acquire();
            assertThat(waited)
                    .containsExactly(entry("patient", 51L)); // the first that begins when more than 50 are over
        }
        assertThat(bench.stats("acme/flood").balanced()).isTrue();
        assertThat(bench.stats("acme/flood").depth()).isPositive();
    }

    @Test
    void servesOneThatIsOverdueAndOneThatIsUrgentByTurnsTheOldestFirst() throws Exception {
        // given: three that become overdue at the same moment
        bench.nanos = clock::get;
        aging("0");
        bench.configure("fair", "50ms");
        List<String> topics = List.of("patient/0", "patient/1", "patient/2");
        topics.forEach(topic -> bench.handle(topic, this::count, "symphony.subscription", topic.replace('/', '-')));
        flood("flood");
        // when
        wanted.set(topics);
        served.acquire(topics.size());
        // then: after each an urgent call
        assertThat(waited).containsExactly(entry("patient/0", 51L), entry("patient/1", 52L), entry("patient/2", 53L));
    }

    @Test
    void servesAnUrgentSubscriptionSoonHoweverManyHaveWaitedLong() throws Exception {
        // given: forty that are all overdue at any time; their calls publish what is urgent, so that none comes between
        aging("0");
        bench.configure("fair", "1ms");
        int rounds = 10;
        var round = new AtomicInteger();
        var asks = new AtomicBoolean();
        var slow = new AtomicLong();
        var before = new AtomicLong();
        for (int i = 0; i < 40; i++) {
            bench.handle(
                    "slow",
                    delivery -> {
                        LockSupport.parkNanos(Duration.ofMillis(2).toNanos());
                        if (slow.incrementAndGet() == 100 || asks.getAndSet(false)) {
                            before.set(slow.get());
                            bench.publish(Event.on("urgent").priority(0).build());
                        }
                    },
                    "symphony.subscription",
                    "slow" + i);
        }
        var most = new AtomicLong();
        var left = new AtomicLong();
        bench.handle("urgent", delivery -> {
            most.accumulateAndGet(slow.get() - before.get(), Math::max);
            left.set(bench.stats("acme/slow39").depth());
            asks.set(round.incrementAndGet() < rounds);
            served.release();
        });
        bench.engine.pauseAll(true); // however long it takes to publish them
        for (int i = 0; i < 30; i++) {
            bench.publish(Event.on("slow").priority(9).build());
        }
        // when
        bench.engine.pauseAll(false);
        served.acquire(rounds);
        // then: one that is overdue comes before it, at most
        assertThat(left.get()).isPositive();
        assertThat(most.get()).isLessThanOrEqualTo(1);
    }

    @Test
    void letsAnEventGrowMoreUrgentAcrossSubscriptions() throws Exception {
        // given: fairness alone would let it wait for ever, and in each urgent call the watchdog looks who has grown
        // older
        var looks = new AtomicLong();
        bench.nanos = clock::get;
        bench.beforeNanoTime = () -> {
            if (isLook()) {
                looks.incrementAndGet();
            }
        };
        bench.configure("fair", "1m", "batch", 1, "watch.interval", "1ms");
        aging("3ms");
        bench.handle("patient", this::count);
        bench.handle("flood", delivery -> {
            flood(delivery);
            long before = looks.get();
            Bench.await(() -> looks.get() >= before + 2); // when the second begins, one has seen the clock
        });
        beginFlood();
        // when
        wanted.set(List.of("patient"));
        served.acquire();
        // then: not before it was as urgent as the others, and no later
        assertThat(waited).containsExactly(entry("patient", 9 * 3L));
        assertThat(bench.stats("acme/handler#2").depth()).isPositive();
    }

    /** Asked as a clock is looked at: whether it is the watchdog's, which looks at it once. */
    private static boolean isLook() {
        return Thread.currentThread().getName().endsWith("-supervisor")
                && StackWalker.getInstance()
                        .walk(frames ->
                                frames.anyMatch(frame -> frame.getClassName().equals(Pool.class.getName())
                                        && frame.getMethodName().equals("watch")));
    }

    @Test
    void letsAnEventGrowMoreUrgentWithinItsSubscription() throws Exception {
        bench.nanos = clock::get;
        aging("3ms");
        bench.handle("+", delivery -> {
            if (delivery.topic().equals("patient")) {
                count(delivery);
            } else {
                flood(delivery);
            }
        });
        beginFlood();
        wanted.set(List.of("patient"));
        served.acquire();
        assertThat(waited).containsExactly(entry("patient", 9 * 3L));
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
