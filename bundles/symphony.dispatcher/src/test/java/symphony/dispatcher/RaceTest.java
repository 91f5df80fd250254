package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.event.Event;
import symphony.api.event.Receipt;
import symphony.api.queue.DeadLetter;
import symphony.api.queue.DeadLetterFilter;
import symphony.api.queue.DeadReason;
import symphony.api.queue.Offer;
import symphony.api.queue.QueueStats;
import symphony.queue.MemoryQueueEngine;

/** Two things at once, ten thousand times: each event has exactly one outcome. */
@Timeout(600)
class RaceTest {
    private static final int ROUNDS = 10_000;

    private final Bench bench = new Bench("workers", 2, "quarantine.failures", 0, "departure.deadline", "1m");

    @AfterEach
    void close() {
        bench.close();
    }

    /** Does both in each round, from two threads that begin together; what either throws ends it. */
    private static void race(Runnable one, Runnable other) throws Exception {
        var together = new Phaser(2);
        var others = new FutureTask<Void>(() -> rounds(together, other), null);
        new Thread(others).start();
        rounds(together, one);
        others.get();
    }

    private static void rounds(Phaser together, Runnable action) {
        try {
            for (int i = 0; i < ROUNDS && together.arriveAndAwaitAdvance() >= 0; i++) {
                action.run();
                together.arriveAndAwaitAdvance();
            }
        } finally {
            together.forceTermination(); // else the other one would wait for ever if this one has failed
        }
    }

    /** Events are numbered from 0, one in each round. */
    @Test
    void aRetryOfAHandlerThatLeavesIsHandledOnceByThatOneOrTheNext() throws Exception {
        // given: each event fails at first and is tried again at once, while its handler leaves and another comes
        var failedBy = new AtomicLongArray(ROUNDS);
        var handled = new AtomicIntegerArray(ROUNDS);
        var byTheSame = new AtomicInteger();
        var byAnother = new AtomicInteger();
        var over = new AtomicBoolean();
        var handler = new TestHandler[] {null};
        Runnable come = () -> {
            var self = new TestHandler[] {null};
            self[0] = TestHandler.of(
                    "t",
                    delivery -> {
                        int number = (int) delivery.getLong("n", -1);
                        long own = self[0].serviceId();
                        if (delivery.attempt() == 1) {
                            failedBy.set(number, own);
                            if (number % 100 == 0) { // some surely go to another, while there are others to come
                                Bench.await(() -> isGone(own) || over.get());
                            }
                            throw new IllegalStateException("the first time");
                        }
                        handled.incrementAndGet(number);
                        (failedBy.get(number) == own ? byTheSame : byAnother).incrementAndGet();
                    },
                    "symphony.backoff",
                    "0",
                    "symphony.grace",
                    "1h");
            handler[0] = bench.add(self[0]);
        };
        come.run();
        var published = new AtomicInteger();
        // when
        race(() -> bench.publish("t", published.getAndIncrement()).orThrow(), () -> {
            bench.engine.depart(handler[0].serviceId());
            come.run();
        });
        over.set(true);
        // then
        Bench.await(() -> bench.stats("acme/handler").depth() == 0);
        for (int n = 0; n < ROUNDS; n++) {
            assertThat(handled.get(n)).as("times that event %d was handled", n).isEqualTo(1);
        }
        QueueStats stats = bench.stats("acme/handler");
        assertThat(stats.accepted()).isEqualTo(ROUNDS);
        assertThat(stats.handled()).isEqualTo(ROUNDS);
        assertThat(stats.dead()).isZero();
        assertThat(stats.balanced()).isTrue();
        assertThat(bench.dead()).isEmpty();
        assertThat(byTheSame).as("retries before the handler left").hasPositiveValue();
        assertThat(byAnother).as("retries after another came").hasPositiveValue();
    }

    private boolean isGone(long serviceId) {
        return bench.engine.handlers().stream().noneMatch(view -> view.serviceId() == serviceId);
    }

    @Test
    void aSubscriptionThatEndsWhileItsEventIsTriedAgainLeavesOneOutcome() throws Exception {
        // given: a program's subscription, which keeps nothing
        bench.queues.apply(MemoryQueueEngine.SETTINGS.orDefaults(Map.of("dead.letters", 2 * ROUNDS)));
        var handler = new TestHandler[] {null};
        var handled = new AtomicIntegerArray(ROUNDS);
        Runnable come = () -> handler[0] = bench.add(TestHandler.of(
                        "t",
                        delivery -> {
                            if (delivery.attempt() == 1) {
                                throw new IllegalStateException("the first time");
                            }
                            handled.incrementAndGet((int) delivery.getLong("n", -1));
                        },
                        "symphony.backoff",
                        "0")
                .byProgram());
        come.run();
        var numbers = new ConcurrentHashMap<UUID, Integer>();
        var accepted = new AtomicIntegerArray(ROUNDS);
        var published = new AtomicInteger();
        // when
        race(
                () -> {
                    int number = published.getAndIncrement();
                    Receipt receipt = bench.publish("t", number);
                    numbers.put(receipt.eventId(), number);
                    accepted.set(number, receipt.accepted());
                },
                () -> {
                    bench.engine.depart(handler[0].serviceId());
                    come.run();
                });
        bench.engine.depart(handler[0].serviceId());
        // then
        Bench.await(() -> bench.engine.subscriptions().isEmpty());
        Bench.await(() -> sum(handled) + bench.dead().size() >= sum(accepted));
        var dead = new AtomicIntegerArray(ROUNDS);
        for (DeadLetter letter : bench.dead()) {
            assertThat(letter.reason()).isEqualTo(DeadReason.HANDLER_GONE);
            dead.incrementAndGet(numbers.get(letter.envelope().eventId()));
        }
        for (int n = 0; n < ROUNDS; n++) {
            assertThat(handled.get(n) + dead.get(n))
                    .as("outcomes of event %d, %d handled and %d dead", n, handled.get(n), dead.get(n))
                    .isEqualTo(accepted.get(n));
        }
        assertThat(sum(handled)).as("handled").isPositive();
        assertThat(sum(dead)).as("dead").isPositive();
    }

    private static int sum(AtomicIntegerArray numbers) {
        return IntStream.range(0, numbers.length()).map(numbers::get).sum();
    }

    @Test
    void anEventThatComesWhileItsSubscriptionIsPausedOrResumedIsHandledOnce() throws Exception {
        var handled = new AtomicInteger();
        bench.handle("t", delivery -> handled.incrementAndGet());
        var paused = new AtomicInteger();
        race(
                () -> bench.publish("t").orThrow(),
                () -> bench.engine.pause("operator", "acme/handler", paused.incrementAndGet() % 2 == 1));
        bench.engine.pause("operator", "acme/handler", false);
        Bench.await(() -> bench.stats("acme/handler").handled() == ROUNDS);
        assertThat(handled).hasValue(ROUNDS);
    }

    /** Of two pauses and resumptions one is of its pool by name, the other of all. */
    @Test
    void anEventThatComesWhileItsPoolIsPausedOrResumedIsHandledOnce() throws Exception {
        bench.engine
                .poolDefinitions()
                .put(
                        "reports",
                        PoolDefinitions.PID,
                        PoolDefinitions.settings(PoolDefinitions.PID).orDefaults(Map.of("name", "reports")));
        var handled = new AtomicInteger();
        bench.handle("t", delivery -> handled.incrementAndGet(), "symphony.pool", "reports");
        assertThat(bench.view("acme/handler").pool()).isEqualTo("reports");
        var published = new AtomicInteger();
        var rounds = new AtomicInteger();
        var byName = new AtomicInteger();
        race(
                () -> {
                    bench.publish("t").orThrow();
                    int events = published.incrementAndGet();
                    if (events % 2 == 0) { // it is resumed in this round, and no later one may make up for it
                        Bench.await(() -> handled.get() == events);
                    }
                },
                () -> {
                    int round = rounds.getAndIncrement();
                    boolean on = round % 2 == 0;
                    if (round / 2 % 2 == 0) {
                        bench.engine.pauseAll(on);
                    } else if (bench.engine.pausePool("operator", "reports", on)) {
                        byName.incrementAndGet();
                    }
                });
        assertThat(byName).hasValue(ROUNDS / 2);
        Bench.await(() -> bench.stats("acme/handler").handled() == ROUNDS);
        assertThat(handled).hasValue(ROUNDS);
    }

    @Test
    void anEventThatComesWhileItsQuarantineIsSetOrLiftedIsHandledOnce() throws Exception {
        bench.configure("quarantine.wait", "1h");
        var handled = new AtomicInteger();
        bench.handle("t", delivery -> handled.incrementAndGet());
        var set = new AtomicInteger();
        race(() -> bench.publish("t").orThrow(), () -> {
            if (set.incrementAndGet() % 2 == 1) {
                bench.engine.quarantine("operator", "acme/handler", "race");
            } else {
                bench.engine.lift("operator", "acme/handler");
            }
        });
        bench.engine.lift("operator", "acme/handler");
        Bench.await(() -> bench.stats("acme/handler").handled() == ROUNDS);
        assertThat(handled).hasValue(ROUNDS);
    }

    /** Number n is re-driven as number n + ROUNDS is published; these two have one key. */
    @Test
    void ofARedriveAndAFirstAttemptOfItsKeyOneWaitsForTheOtherAndEachIsHandledOnce() throws Exception {
        // given: as many dead letters as rounds, of a few keys
        int keys = 8;
        bench.configure("workers", 4, "attempts", 1, "capacity", 4 * ROUNDS);
        bench.queues.apply(MemoryQueueEngine.SETTINGS.orDefaults(Map.of("dead.letters", 2 * ROUNDS)));
        var running = new AtomicIntegerArray(keys);
        var beside = new AtomicInteger();
        var handled = new AtomicIntegerArray(2 * ROUNDS);
        var failing = new AtomicBoolean(true);
        bench.handle(
                "t",
                delivery -> {
                    int number = (int) delivery.getLong("n", -1);
                    int key = number % keys;
                    if (running.incrementAndGet(key) > 1) {
                        beside.incrementAndGet();
                    }
                    Thread.yield(); // a place for others to come in between
                    running.decrementAndGet(key);
                    if (failing.get()) {
                        throw new IllegalStateException("the first time");
                    }
                    handled.incrementAndGet(number);
                },
                "symphony.order.key",
                "key",
                "symphony.concurrency",
                4);
        for (int n = 0; n < ROUNDS; n++) {
            publishKeyed(n, keys);
        }
        Bench.await(() -> bench.dead().size() == ROUNDS);
        failing.set(false);
        List<DeadLetter> letters = bench.queues.deadLetters().list(DeadLetterFilter.ALL);
        var published = new AtomicInteger(ROUNDS);
        var redriven = new AtomicInteger();
        var accepted = new AtomicInteger();
        // when
        assertThat(ROUNDS % keys).isZero();
        race(() -> publishKeyed(published.getAndIncrement(), keys), () -> {
            long number = letters.get(redriven.getAndIncrement()).number();
            if (bench.queues.deadLetters().redrive(number) instanceof Offer.Accepted) {
                accepted.incrementAndGet();
            }
        });
        // then
        Bench.await(() -> bench.stats("acme/handler").depth() == 0);
        assertThat(accepted).hasValue(ROUNDS);
        assertThat(beside).as("calls beside another of their key").hasValue(0);
        for (int n = 0; n < 2 * ROUNDS; n++) {
            assertThat(handled.get(n)).as("times that event %d was handled", n).isEqualTo(1);
        }
        QueueStats stats = bench.stats("acme/handler");
        assertThat(stats.accepted()).isEqualTo(3L * ROUNDS);
        assertThat(stats.handled()).isEqualTo(2L * ROUNDS);
        assertThat(stats.dead()).isEqualTo(ROUNDS);
        assertThat(stats.balanced()).isTrue();
        assertThat(bench.dead()).isEmpty();
    }

    private void publishKeyed(int number, int keys) {
        bench.publish(Event.on("t").with("n", number).with("key", number % keys).build())
                .orThrow();
    }

    /** The first attempt runs on until the re-drive has been answered: both are there at once in each round. */
    @Test
    void aRedriveDuringAFirstAttemptOfItsKeyIsTakenAndCalledAfterIt() throws Exception {
        bench.configure("workers", 4, "attempts", 1);
        var redrivenUpTo = new AtomicInteger(-1);
        var running = new AtomicInteger();
        var beside = new AtomicInteger();
        var order = new ConcurrentLinkedQueue<Integer>();
        bench.handle(
                "t",
                delivery -> {
                    int number = (int) delivery.getLong("n", -1);
                    if (running.incrementAndGet() > 1) {
                        beside.incrementAndGet();
                    }
                    boolean first = number % 2 == 0;
                    if (!first) {
                        Bench.await(() -> redrivenUpTo.get() >= number / 2);
                    }
                    boolean fails = first && redrivenUpTo.get() < number / 2;
                    running.decrementAndGet();
                    if (fails) {
                        throw new IllegalStateException("the first time");
                    }
                    order.add(number);
                },
                "symphony.order.key",
                "key",
                "symphony.concurrency",
                4);
        var letters = bench.queues.deadLetters();
        for (int round = 0; round < ROUNDS; round++) {
            int number = round;
            publishOfOneKey(2 * round);
            publishOfOneKey(2 * round + 1);
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            while (!(letters.redrive(number + 1L) instanceof Offer.Accepted)) { // numbered as they die
                assertThat(System.nanoTime()).as("round %d", round).isLessThan(until);
                Thread.onSpinWait();
            }
            redrivenUpTo.set(round);
        }
        Bench.await(() -> bench.stats("acme/handler").handled() == 2L * ROUNDS);
        assertThat(beside).as("calls beside another of their key").hasValue(0);
        assertThat(order).hasSize(2 * ROUNDS).doesNotHaveDuplicates();
        assertThat(bench.stats("acme/handler").dead()).isEqualTo(ROUNDS);
        assertThat(bench.dead()).isEmpty();
    }

    private void publishOfOneKey(int number) {
        bench.publish(Event.on("t").with("n", number).with("key", "one").build())
                .orThrow();
    }
}
