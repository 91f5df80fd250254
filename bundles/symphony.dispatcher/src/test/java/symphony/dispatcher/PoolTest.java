package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.dispatcher.PoolView;
import symphony.api.event.Event;

@Timeout(120)
class PoolTest {
    private final Bench bench = new Bench("workers", 2);
    private final CountDownLatch gate = new CountDownLatch(1);

    @AfterEach
    void close() {
        gate.countDown();
        bench.close();
    }

    @Test
    void servesOtherTopicsSoonWhileAllWorkersAreHeldUp() throws Exception {
        // given: warm
        bench.configure("spare.idle", "5s"); // one too many, made as a thread stood still, is soon gone
        var quick = new Semaphore(0);
        bench.handle("quick", delivery -> quick.release());
        for (int i = 0; i < 200; i++) {
            bench.publish("quick");
        }
        quick.acquire(200);
        // when: the quick event always finds every worker held up, those of the rounds before too, and needs a new one
        long fastest = Long.MAX_VALUE; // how fast it is on a machine that is not busy with something else
        for (int round = 0; round < 5; round++) {
            int quickOnes = 200 + round;
            Bench.await(() -> bench.engine.stats().delivered() == quickOnes); // the last has let go of its worker
            holdUpAllWorkers("slow/" + round);
            long begin = System.nanoTime();
            bench.publish(Event.on("quick").priority(9).build());
            quick.acquire();
            fastest = Math.min(fastest, System.nanoTime() - begin);
        }
        // then
        assertThat(Duration.ofNanos(fastest)).isLessThan(Duration.ofMillis(500));
        PoolView pool = pool();
        assertThat(pool.spares()).isBetween(5, 10);
        assertThat(pool.workers()).isEqualTo(2);
    }

    private PoolView pool() {
        return bench.engine.stats().pools().get(0);
    }

    /** Returns when none of them is free. */
    private void holdUpAllWorkers(String topic) throws Exception {
        PoolView before = pool();
        for (int i = before.running(); i < before.workers() + before.spares(); i++) {
            bench.handle(topic, delivery -> gate.await());
        }
        bench.publish(Event.on(topic).priority(0).build());
        Bench.await(() -> pool().running() >= pool().workers() + pool().spares());
    }

    @Test
    void handlesOtherTopicsWhileFiveHandlersSleep() throws Exception {
        // given: more handlers than there are workers, asleep until the test is over
        var asleep = new CountDownLatch(5);
        for (int i = 0; i < 5; i++) {
            bench.handle("slow", delivery -> {
                asleep.countDown();
                gate.await();
            });
        }
        bench.publish(Event.on("slow").priority(0).build());
        assertThat(asleep.await(60, TimeUnit.SECONDS)).isTrue();
        // when
        var handled = new CountDownLatch(20);
        for (int i = 0; i < 20; i++) {
            bench.handle("quick/" + i, delivery -> handled.countDown(), "symphony.subscription", "quick" + i);
            bench.publish(Event.on("quick/" + i).priority(9).build());
        }
        // then
        assertThat(handled.await(60, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void leavesWorkersToOthersHoweverManyCallsASubscriptionMayHave() throws Exception {
        bench.configure("workers.max", 6);
        bench.handle("slow", delivery -> gate.await(), "symphony.concurrency", 100, "symphony.subscription", "slow");
        for (int i = 0; i < 50; i++) {
            bench.publish(Event.on("slow").priority(0).build());
        }
        Bench.await(() -> bench.view("acme/slow").running() == 4); // all but as many as there are without spares
        var quick = new Semaphore(0);
        bench.handle("quick", delivery -> quick.release());
        for (int i = 0; i < 10; i++) {
            bench.publish(Event.on("quick").priority(9).build());
        }
        assertThat(quick.tryAcquire(10, 60, TimeUnit.SECONDS)).isTrue();
        assertThat(bench.view("acme/slow").running()).isEqualTo(4);
    }

    @Test
    void endsSparesThatHaveNothingToDo() throws Exception {
        bench.configure("spare.idle", "20ms");
        for (int i = 0; i < 6; i++) {
            bench.handle("slow", delivery -> gate.await());
        }
        bench.publish("slow");
        Bench.await(() -> pool().running() == 6);
        assertThat(pool().spares()).isGreaterThanOrEqualTo(4);
        gate.countDown();
        Bench.await(() -> pool().spares() == 0);
        Bench.await(() -> threads().stream().filter(Thread::isAlive).count() <= 4); // two, and those that supervise
    }

    private List<Thread> threads() {
        synchronized (bench.threads) {
            return List.copyOf(bench.threads);
        }
    }

    @Test
    void neverHasMoreWorkersThanAllowed() throws Exception {
        bench.configure("workers.max", 3);
        for (int i = 0; i < 10; i++) {
            bench.handle("slow", delivery -> gate.await());
        }
        bench.publish("slow");
        Bench.await(() -> pool().running() == 3);
        awaitLooks();
        assertThat(pool().running()).isEqualTo(3);
        gate.countDown();
        Bench.await(() -> bench.engine.stats().delivered() == 10);
    }

    @Test
    void hiresNobodyBesideTheOneThatTheWatchdogMakes() throws Exception {
        // given: the only worker cannot be made at first, and something else comes while the watchdog makes it
        bench.configure("workers", 1, "workers.max", 1);
        var made = new AtomicInteger();
        bench.maker = task -> {
            int number = made.incrementAndGet();
            if (number == 1) {
                throw new OutOfMemoryError("unable to create a thread, a test says");
            }
            if (number == 2) {
                bench.publish("second");
            }
            return DispatcherThreads.INSTANCE.newThread(task);
        };
        bench.handle("first", delivery -> gate.await(), "symphony.subscription", "first");
        bench.handle("second", delivery -> gate.await(), "symphony.subscription", "second");
        bench.publish("first"); // when
        Bench.await(() -> pool().running() >= 1);
        awaitLooks();
        assertThat(pool().running()).isEqualTo(1); // then
        gate.countDown();
        Bench.await(() -> bench.engine.stats().delivered() == 2);
        assertThat(made).hasValue(2);
    }

    @Test
    void makesNoneThatWereAskedForBeforeFewerWereConfigured() throws Exception {
        // given: four are asked for, and the first is being made
        bench.configure("workers", 4, "workers.max", 4);
        var making = new Gate();
        var made = new AtomicInteger();
        bench.maker = task -> {
            made.incrementAndGet();
            making.passUnchecked();
            return DispatcherThreads.INSTANCE.newThread(task);
        };
        for (int i = 0; i < 4; i++) {
            bench.handle("slow/" + i, delivery -> gate.await(), "symphony.subscription", "slow" + i);
            bench.publish("slow/" + i);
        }
        making.awaitEntered();
        bench.configure("workers", 1, "workers.max", 1); // when
        making.open();
        Bench.await(() -> pool().running() >= 1);
        awaitLooks();
        assertThat(pool().running()).isEqualTo(1); // then
        gate.countDown();
        Bench.await(() -> bench.engine.stats().delivered() == 4);
        assertThat(made).hasValue(1);
    }

    @Test
    void servesAllThoughOneOfSeveralSparesCouldNotBeMade() {
        // given: two are held up, and the watchdog wants two more, of which the first cannot be made
        bench.configure("workers.max", 4);
        bench.handle("slow", delivery -> gate.await(), "symphony.concurrency", 2);
        bench.publish("slow");
        bench.publish("slow");
        Bench.await(() -> pool().running() == 2);
        var left = new AtomicInteger(2);
        bench.maker = task -> {
            if (left.getAndDecrement() > 0) {
                throw new OutOfMemoryError("unable to create a thread, a test says");
            }
            return DispatcherThreads.INSTANCE.newThread(task);
        };
        for (String other : List.of("a", "b")) {
            bench.handle(other, delivery -> gate.await(), "symphony.subscription", other);
        }
        bench.publish("a");
        bench.publish("b");
        Bench.await(() -> pool().running() == 4); // all that may be: those that failed are counted no more
    }

    /** Returns when the watchdog's interval has passed several times. */
    private void awaitLooks() throws InterruptedException {
        var looks = new Semaphore(0);
        for (int i = 0; i < 10; i++) {
            bench.timer.schedule(bench.timer.nanoTime() + i * 20_000_000L, cookie -> looks.release(), 0);
        }
        looks.acquire(10);
    }

    @Test
    void servesTheMostUrgentSubscriptionFirst() throws Exception {
        bench.configure("workers", 1, "workers.max", 1, "fair", "1m");
        var hold = new Gate();
        List<Integer> order = new CopyOnWriteArrayList<>();
        bench.handle("hold", delivery -> hold.pass());
        for (int p = 9; p >= 0; p--) {
            bench.handle("p/" + p, delivery -> order.add(delivery.priority()));
        }
        bench.publish("hold");
        hold.awaitEntered();
        List<Integer> shuffled = List.of(5, 9, 0, 3, 7, 1, 8, 2, 6, 4);
        shuffled.forEach(p -> bench.publish(Event.on("p/" + p).priority(p).build()));
        hold.open();
        Bench.await(() -> order.size() == 10);
        assertThat(order).isSorted();
    }

    @Test
    void movesASubscriptionUpWhenSomethingMoreUrgentComes() throws Exception {
        bench.configure("workers", 1, "workers.max", 1);
        var hold = new Gate();
        List<String> order = new CopyOnWriteArrayList<>();
        bench.handle("hold", delivery -> hold.pass());
        bench.handle("a", delivery -> order.add("a" + delivery.priority()));
        bench.handle("b", delivery -> order.add("b" + delivery.priority()));
        bench.publish("hold");
        hold.awaitEntered();
        bench.publish(Event.on("a").priority(8).build());
        bench.publish(Event.on("b").priority(4).build());
        bench.publish(Event.on("a").priority(1).build());
        hold.open();
        Bench.await(() -> order.size() == 3);
        assertThat(order).containsExactly("a1", "b4", "a8");
    }

    @Test
    void starvesNobodyHoweverMuchMoreUrgentThereIs() throws Exception {
        bench.configure("workers", 1, "workers.max", 1, "fair", "50ms");
        var calm = new CountDownLatch(1);
        bench.handle(
                "urgent",
                delivery -> bench.publish(Event.on("urgent").priority(0).build())); // for ever
        bench.handle("calm", delivery -> calm.countDown());
        bench.publish(Event.on("urgent").priority(0).build());
        bench.publish(Event.on("urgent").priority(0).build());
        bench.publish(Event.on("calm").priority(9).build());
        assertThat(calm.await(60, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void losesNoWakeUp() throws Exception {
        // given: two handlers that hand one event to and fro, so that workers sleep and wake all the time
        int rounds = 50_000;
        var count = new AtomicInteger();
        bench.handle("ping", delivery -> bench.publish("pong"), "symphony.subscription", "ping");
        bench.handle(
                "pong",
                delivery -> {
                    if (count.incrementAndGet() < rounds) {
                        bench.publish("ping");
                    }
                },
                "symphony.subscription",
                "pong");
        bench.publish("ping"); // when
        for (int some = 5_000; some <= rounds; some += 5_000) { // then, however slow
            int least = some;
            Bench.await(() -> count.get() >= least);
        }
    }

    @Test
    void losesNoWakeUpWhenWorkersAreRetired() throws Exception {
        // given: events come at a pace that lets workers look on, sleep and wake
        var handled = new AtomicInteger();
        var ended = new AtomicBoolean();
        var publisher = new Thread(() -> {
            while (!ended.get()) {
                bench.publish("t");
                LockSupport.parkNanos(20_000);
            }
        });
        publisher.start();
        try {
            for (int round = 0; round < 1_000; round++) {
                bench.handle("t", delivery -> handled.incrementAndGet());
                int before = handled.get();
                Bench.await(() -> handled.get() > before + 2);
                bench.engine.departing(TestHandler.ACME.id()); // when
            }
        } finally {
            ended.set(true);
            publisher.join();
        }
        bench.handle("t", delivery -> handled.incrementAndGet());
        Bench.await(() -> bench.stats("acme/handler").depth() == 0); // then
    }

    @Test
    void usesNoCpuWhileIdle() throws Exception {
        bench.handle("t", delivery -> {});
        bench.publish("t");
        Bench.await(() -> bench.engine.stats().delivered() == 1);
        var beans = ManagementFactory.getThreadMXBean();
        List<Thread> ours = threads();
        Bench.await(() -> ours.stream().allMatch(PoolTest::isAtRest)); // the watchdog has gone to sleep
        var tick = new Semaphore(0);
        long before = cpu(beans, ours);
        bench.timer.schedule(bench.timer.nanoTime() + Duration.ofMillis(500).toNanos(), cookie -> tick.release(), 0);
        tick.acquire();
        assertThat(cpu(beans, ours) - before).as("CPU of half a second, in ns").isLessThan(1_000_000);
        assertThat(ours).allMatch(PoolTest::isAtRest);
    }

    private static boolean isAtRest(Thread thread) {
        return !thread.isAlive() || thread.getState() == Thread.State.WAITING;
    }

    private static long cpu(java.lang.management.ThreadMXBean beans, List<Thread> threads) {
        return threads.stream()
                .filter(Thread::isAlive)
                .mapToLong(t -> beans.getThreadCpuTime(t.getId()))
                .sum();
    }
}
