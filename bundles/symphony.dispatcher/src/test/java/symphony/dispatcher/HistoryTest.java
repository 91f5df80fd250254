package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.dispatcher.StopReport;
import symphony.api.event.Event;
import symphony.api.event.Refusal;
import symphony.api.queue.QueueStats;
import symphony.queue.MemoryQueueEngine;

/** Each event that was accepted is accounted for, whatever happens: G5. */
@Timeout(120)
class HistoryTest {
    /** What publishers were told, by subscription. */
    private final Map<String, AtomicLong> accepted = new ConcurrentHashMap<>();

    /** Refusals by queues; those by a dispatcher that is being replaced are no queue's. */
    private final AtomicLong refused = new AtomicLong();

    @RepeatedTest(4)
    void accountsForEachEventAfterRandomHistories(RepetitionInfo repetition) throws Exception {
        long seed = System.nanoTime() + repetition.getCurrentRepetition();
        try (var bench = new Bench("attempts", 2, "capacity", 50, "grace", "1m", "departure.deadline", "50ms")) {
            history(bench, seed);
        } catch (Throwable t) {
            throw new AssertionError("seed " + seed, t);
        }
    }

    private void history(Bench bench, long seed) throws Exception {
        var random = new Random(seed);
        var handlers = new TestHandler[4];
        for (int i = 0; i < handlers.length; i++) {
            handlers[i] = bench.add(handler(i));
        }
        bench.engine.pause("admin", "acme/s0", true);
        for (int n = 0; n <= 50; n++) {
            publish(bench, Event.on("t/0").with("n", n).build()); // one more than it takes
        }
        var publishers = IntStream.range(0, 4)
                .mapToObj(i -> new Thread(() -> publishMany(bench, new Random(seed + i))))
                .toList();
        publishers.forEach(Thread::start);
        for (int step = 0; step < 60; step++) {
            int i = random.nextInt(handlers.length);
            switch (random.nextInt(6)) {
                case 0 -> {
                    bench.engine.depart(handlers[i].serviceId());
                    handlers[i] = bench.add(handler(i));
                }
                case 1 -> {
                    handlers[i].set("t/" + i, properties(i, random.nextInt(50) + 1));
                    bench.engine.modify(handlers[i].serviceId());
                }
                case 2 -> bench.engine.pause("admin", "acme/s" + i, random.nextBoolean());
                case 3 -> {
                    bench.engine.departing(TestHandler.ACME.id());
                    for (TestHandler handler : handlers) {
                        bench.add(handler);
                    }
                }
                case 4 -> {
                    bench.engine.close();
                    bench.engine = bench.newEngine();
                    bench.engine.start();
                    for (TestHandler handler : handlers) {
                        bench.add(handler);
                    }
                }
                default ->
                    assertThat(bench.engine.subscriptions())
                            .allMatch(view -> view.queue().balanced());
            }
        }
        for (Thread publisher : publishers) {
            publisher.join();
        }
        for (int i = 0; i < handlers.length; i++) {
            bench.engine.pause("admin", "acme/s" + i, false);
        }
        Bench.await(() -> bench.engine.subscriptions().stream()
                .allMatch(view -> view.queue().depth() == 0));
        check(bench);
    }

    private void check(Bench bench) {
        long told = 0;
        for (var view : bench.engine.subscriptions()) {
            QueueStats stats = view.queue();
            told += stats.refused().getOrDefault(Refusal.Reason.FULL, 0L);
            assertThat(stats.balanced()).as(view.toString()).isTrue();
            assertThat(stats.accepted())
                    .as(view.identity())
                    .isEqualTo(accepted.get(view.topics().get(0)).get());
            assertThat(stats.handled() + stats.dead() + stats.expired()).isEqualTo(stats.accepted());
        }
        assertThat(told).isPositive().isEqualTo(refused.get());
    }

    private static Object[] properties(int i, int capacity) {
        return new Object[] {
            "symphony.subscription", "s" + i, "symphony.capacity", capacity, "symphony.concurrency", 1 + i
        };
    }

    private static TestHandler handler(int i) {
        return TestHandler.of(
                "t/" + i,
                delivery -> {
                    if (delivery.getLong("n", 0) % 7 == 0) {
                        throw new IllegalStateException("each seventh fails");
                    }
                },
                properties(i, 50));
    }

    private void publishMany(Bench bench, Random random) {
        for (int n = 0; n < 3000; n++) {
            var event = Event.on("t/" + random.nextInt(4)).with("n", n).priority(random.nextInt(10));
            publish(bench, n % 10 == 0 ? event.timeToLive(Duration.ofMillis(1)).build() : event.build());
        }
    }

    private void publish(Bench bench, Event event) {
        var receipt = bench.publish(event);
        accepted.computeIfAbsent(event.topic(), t -> new AtomicLong()).addAndGet(receipt.accepted());
        refused.addAndGet(receipt.refusals().stream()
                .filter(refusal -> refusal.reason() == Refusal.Reason.FULL)
                .count());
    }

    @Test
    void findsWhatWaitsAfterARestart() throws Exception {
        var never = new Gate();
        try (var bench = new Bench()) {
            // given: some in calls that do not end, some that wait, also for a programmatic subscription
            bench.handle("t", delivery -> never.passStubbornly());
            bench.add(TestHandler.of("u", delivery -> never.passStubbornly(), "symphony.subscription", "u")
                    .byProgram());
            for (int i = 0; i < 10; i++) {
                bench.publish("t", i);
                bench.publish("u", i);
            }
            never.awaitEntered();
            // when
            bench.engine.close();
            assertThat(bench.publish("t").refusals())
                    .singleElement()
                    .matches(refusal -> refusal.reason() == Refusal.Reason.CLOSED);
            bench.engine = bench.newEngine();
            // then: routed to although nobody is there, and all is handled once somebody is
            assertThat(bench.publish("t", 10).accepted()).isEqualTo(1);
            var seen = new AtomicInteger();
            bench.handle("t", delivery -> seen.incrementAndGet());
            bench.add(TestHandler.of("u", delivery -> seen.incrementAndGet(), "symphony.subscription", "u")
                    .byProgram());
            assertThat(seen).as("not before the start").hasValue(0);
            bench.engine.start();
            Bench.await(() -> seen.get() == 21);
            assertThat(bench.engine.subscriptions())
                    .allMatch(view -> view.queue().balanced());
            assertThat(bench.dead()).isEmpty();
        } finally {
            never.open();
        }
    }

    @Test
    void stopsWhileTenThreadsPublish() throws Exception {
        try (var bench = new Bench("capacity", 1_000_000)) {
            var handled = new AtomicLong();
            bench.handle("t", delivery -> handled.incrementAndGet());
            var taken = new AtomicLong();
            var turnedAway = new AtomicLong();
            var begun = new CyclicBarrier(11);
            var publishers = IntStream.range(0, 10)
                    .mapToObj(i -> new Thread(() -> {
                        awaitAll(begun);
                        var receipt = bench.publish("t");
                        while (receipt.refusals().isEmpty()) {
                            taken.incrementAndGet();
                            receipt = bench.publish("t");
                        }
                        turnedAway.incrementAndGet();
                    }))
                    .toList();
            publishers.forEach(Thread::start);
            awaitAll(begun);
            Bench.await(() -> handled.get() > 1000);
            StopReport report = bench.engine.stop(Duration.ofSeconds(1)); // when
            for (Thread publisher : publishers) {
                publisher.join(TimeUnit.SECONDS.toMillis(10));
                assertThat(publisher.isAlive()).isFalse();
            }
            assertThat(turnedAway).hasValue(10);
            assertThat(bench.engine.stop(Duration.ZERO)).isSameAs(report);
            Bench.await(() -> bench.stats("acme/handler").leased() == 0);
            QueueStats stats = bench.stats("acme/handler");
            assertThat(stats.balanced()).isTrue();
            assertThat(stats.dead()).as("calls that were slow to come back").isLessThanOrEqualTo(report.abandoned());
            assertThat(stats.handled() + stats.dead()).isEqualTo(handled.get());
            assertThat(stats.accepted()).isEqualTo(taken.get());
            assertThat(stats.handled() + stats.dead() + stats.depth()).isEqualTo(taken.get());
            assertThat(report.leftInAll())
                    .as("the sum holds at the time of the report")
                    .isBetween(stats.depth(), stats.depth() + stats.dead());
            bench.engine.close();
            Bench.await(() -> bench.threads.stream().noneMatch(Thread::isAlive));
        }
    }

    @Test
    void handlesWhatIsDueBeforeItStopsAndReportsTheRest() throws Exception {
        try (var bench = new Bench("time.limit", "10m")) { // nobody else interrupts it
            var gate = new CountDownLatch(1);
            bench.handle("t", delivery -> gate.await());
            var interrupted = new AtomicInteger();
            bench.handle("stuck", delivery -> {
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    interrupted.incrementAndGet();
                    throw e;
                }
            });
            for (int i = 0; i < 20; i++) {
                bench.publish("t");
                bench.publish("stuck");
            }
            var opener = new Thread(() -> {
                Bench.await(() -> !bench.publish("nobody").refusals().isEmpty()); // the stop has begun
                gate.countDown();
            });
            opener.start();
            StopReport report = bench.engine.stop(Duration.ofSeconds(5));
            opener.join();
            assertThat(report.drained()).isEqualTo(20);
            assertThat(report.abandoned()).isBetween(0, 1); // the one that is stuck may be slow to come back
            assertThat(report.left()).containsOnlyKeys("acme/handler#2");
            assertThat(report.leftInAll()).isBetween(20L - report.abandoned(), 20L);
            Bench.await(() -> interrupted.get() == 1);
            assertThat(bench.engine.stats().running()).isFalse();
        }
    }

    private static void awaitAll(CyclicBarrier barrier) {
        try {
            barrier.await(60, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @Timeout(300) // on a busy machine so many threads take their time
    void keepsNothingOfShortLivedPublishers() throws Exception {
        try (var bench = new Bench("capacity", 100_000)) {
            bench.handle("t", delivery -> {});
            publishFromNewThreads(bench, 1000); // classes, slots and workers are there now
            Bench.await(() -> bench.stats("acme/handler").depth() == 0);
            int threads = Thread.activeCount();
            int made = bench.threads.size();
            long heap = heapInUse();
            List<WeakReference<Thread>> publishers = publishFromNewThreads(bench, 10_000); // when
            Bench.await(() -> bench.stats("acme/handler").handled() == 11_000);
            assertThat(bench.stats("acme/handler").depth()).isZero(); // then
            assertThat(bench.queues.budget().used()).isZero();
            assertThat(bench.threads.size()).isLessThanOrEqualTo(made + 4);
            assertThat(Thread.activeCount()).isLessThanOrEqualTo(threads + 4);
            Bench.await(
                    () -> { // the virtual machine itself lets go of a thread some time after it has ended
                        System.gc();
                        return publishers.stream().noneMatch(publisher -> publisher.get() != null);
                    });
            assertThat(heapInUse() - heap).as("bytes that stayed").isLessThan(10_000 * 100);
        }
    }

    private static List<WeakReference<Thread>> publishFromNewThreads(Bench bench, int count) throws Exception {
        var all = new ArrayList<WeakReference<Thread>>(count);
        for (int done = 0; done < count; done += 100) {
            var threads = IntStream.range(0, 100)
                    .mapToObj(i -> new Thread(() -> bench.publish("t")))
                    .toList();
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
                all.add(new WeakReference<>(thread));
            }
        }
        return all;
    }

    /** After collecting until a marker that nobody refers to has gone, twice. */
    private static long heapInUse() {
        for (int i = 0; i < 2; i++) {
            var marker = new WeakReference<>(new Object());
            Bench.await(() -> {
                System.gc();
                return marker.get() == null;
            });
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    @Test
    void tellsThePublisherOfAStuckHandlerAndStaysWithinTheBudget() throws Exception {
        long budget = 4L << 20;
        int events = 500_000;
        try (var bench = new Bench("capacity", 1_000_000)) {
            bench.queues.apply(MemoryQueueEngine.SETTINGS.orDefaults(Map.of("memory.bytes", budget)));
            var gate = new CountDownLatch(1);
            bench.handle("t", delivery -> gate.await());
            long heap = heapInUse();
            var taken = new AtomicLong();
            var told = new AtomicLong();
            var worst = new AtomicLong();
            var publishers = IntStream.range(0, 2)
                    .mapToObj(part -> new Thread(() -> {
                        for (int i = 0; i < events / 2; i++) {
                            var receipt = bench.publish("t", i);
                            taken.addAndGet(receipt.accepted());
                            told.addAndGet(receipt.refusals().size());
                            worst.accumulateAndGet(bench.queues.budget().used(), Math::max);
                        }
                    }))
                    .toList();
            publishers.forEach(Thread::start);
            for (Thread publisher : publishers) {
                publisher.join();
            }
            assertThat(taken.get() + told.get()).isEqualTo(events);
            assertThat(taken.get()).isBetween(budget / 1000, budget / 100);
            assertThat(bench.engine.stats().refused()).isEqualTo(Map.of(Refusal.Reason.LIMIT, told.get()));
            assertThat(worst.get()).isBetween(budget / 2, budget);
            assertThat(heapInUse() - heap).as("bytes of heap").isLessThan(4 * budget);
            gate.countDown();
            Bench.await(() -> bench.engine.stats().delivered() == taken.get());
            Bench.await(() -> bench.queues.budget().used() == 0);
        }
    }

    @Test
    void tellsThePublisherOfAFullSubscription() throws Exception {
        try (var bench = new Bench("capacity", 100)) {
            var gate = new CountDownLatch(1);
            bench.handle("t", delivery -> gate.await());
            int taken = 0;
            int told = 0;
            for (int i = 0; i < 1000; i++) {
                var receipt = bench.publish("t", i);
                taken += receipt.accepted();
                told += receipt.refusals().size();
            }
            assertThat(taken).isEqualTo(100);
            assertThat(told).isEqualTo(900);
            assertThat(bench.engine.stats().refused()).isEqualTo(Map.of(Refusal.Reason.FULL, 900L));
            gate.countDown();
            Bench.await(() -> bench.engine.stats().delivered() == 100);
        }
    }
}
