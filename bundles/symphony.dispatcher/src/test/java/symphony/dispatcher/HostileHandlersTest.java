package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.osgi.framework.Version;
import symphony.api.dispatcher.PoolView;
import symphony.api.dispatcher.SubscriptionView;
import symphony.api.event.Event;
import symphony.api.event.EventHandler;
import symphony.api.queue.QueueStats;

/** G3: whatever a handler does, it does to its own subscription. */
@Timeout(120)
class HostileHandlersTest {
    private static final int MOST_WORKERS = 40;
    private static final int EVENTS = 2_000;
    private static final Owner OTHER = new Owner("other", new Version("1.0.0"), 8);

    private final Bench bench = new Bench(
            "workers",
            2,
            "workers.max",
            MOST_WORKERS,
            "attempts",
            2,
            "quarantine.overruns",
            0,
            "quarantine.failures",
            0);
    private final Gate gate = new Gate();
    private final AtomicBoolean over = new AtomicBoolean();

    @AfterEach
    void close() {
        over.set(true);
        gate.open();
        bench.close();
    }

    /** A throwable of the handler's own, of no class that anybody else knows. */
    private static final class Odd extends Throwable {
        private static final long serialVersionUID = 1;

        @Override
        public String getMessage() {
            throw new IllegalStateException("not even its message can be read");
        }
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void sneak(Throwable thrown) throws T {
        throw (T) thrown;
    }

    private static int deeper(int depth) {
        return deeper(depth + 1) + 1;
    }

    private void add(String name, EventHandler handler, Object... properties) {
        var all = new Object[properties.length + 2];
        System.arraycopy(properties, 0, all, 2, properties.length);
        all[0] = "symphony.subscription";
        all[1] = name;
        bench.handle("t", handler, all);
    }

    private SubscriptionView view(String name) {
        return bench.view("acme/" + name);
    }

    @Test
    void servesTheOthersWhileEachHandlerDoesItsWorst() throws Exception {
        // given: two that throw what should not be thrown, and worse
        add("missing-class", delivery -> {
            throw new NoClassDefFoundError("acme/Missing");
        });
        add("stack", delivery -> deeper(0));
        var eaten = ConcurrentHashMap.newKeySet();
        add("memory", delivery -> eaten.add(new long[Integer.MAX_VALUE]));
        add("odd", delivery -> sneak(new Odd()));
        // that do something to their thread
        add("interrupts", delivery -> Thread.currentThread().interrupt());
        var left = ThreadLocal.withInitial(() -> 0);
        add("thread-local", delivery -> left.set(left.get() + 1));
        // that do not return, or late
        add("never", delivery -> gate.passStubbornly(), "symphony.time.limit", "50ms");
        add("late", delivery -> lateButWell(), "symphony.time.limit", "20ms", "symphony.concurrency", 2);
        add(
                "spins",
                delivery -> {
                    while (!over.get()) {
                        Thread.onSpinWait();
                    }
                },
                "symphony.time.limit",
                "50ms");
        // that wait for each other
        var locks = List.of(new ReentrantLock(), new ReentrantLock());
        var both = new CyclicBarrier(2);
        for (int i = 0; i < 2; i++) {
            ReentrantLock first = locks.get(i);
            ReentrantLock second = locks.get(1 - i);
            add("deadlock" + i, delivery -> deadlock(first, second, both), "symphony.time.limit", "1h");
        }
        // that are never done
        var again = new AtomicInteger();
        bench.handle(
                "again",
                delivery -> {
                    again.incrementAndGet();
                    if (!over.get()) {
                        bench.publish("again");
                    }
                },
                "symphony.subscription",
                "again");
        bench.publish("again");
        // and one that behaves
        var good = new CountDownLatch(EVENTS);
        bench.handle("good", delivery -> good.countDown(), "symphony.subscription", "good");
        // when
        for (int i = 0; i < 20; i++) {
            bench.publish("t", i);
        }
        for (int i = 0; i < EVENTS; i++) {
            bench.publish(Event.on("good").with("n", i).priority(9).build()).orThrow();
        }
        // then
        assertThat(good.await(60, TimeUnit.SECONDS)).isTrue();
        for (String name : List.of("missing-class", "stack", "memory", "odd")) {
            Bench.await(() -> view(name).queue().dead() == 20);
            assertThat(view(name).failures()).as(name).isEqualTo(40);
        }
        for (String name : List.of("interrupts", "thread-local", "late")) {
            Bench.await(() -> view(name).queue().handled() == 20);
        }
        assertThat(view("late").overruns()).isEqualTo(20);
        Bench.await(() -> view("never").overruns() == 1 && view("spins").overruns() == 1);
        for (String name : List.of("never", "spins", "deadlock0", "deadlock1")) {
            Bench.await(() -> view(name).running() == 1);
            assertThat(view(name).queue().waiting()).as(name).isEqualTo(19);
        }
        assertThat(eaten).isEmpty();
        assertThat(again.get()).isGreaterThan(10);
        PoolView pool = bench.engine.stats().pools().get(0);
        assertThat(pool.workers() + pool.spares()).isLessThanOrEqualTo(MOST_WORKERS);
        assertThat(bench.engine.subscriptions())
                .allMatch(view -> view.queue().balanced(), "each accepted event is accounted for");
        assertThat(bench.threads).hasSizeLessThan(10 * MOST_WORKERS);
    }

    /** Longer than it may take, whatever interrupts it, and then as if nothing had been. */
    private static void lateButWell() {
        long begin = System.nanoTime();
        boolean interrupted = false;
        while (!interrupted
                && System.nanoTime() - begin < Duration.ofSeconds(20).toNanos()) {
            interrupted = Thread.currentThread().isInterrupted();
            Thread.onSpinWait();
        }
    }

    private void deadlock(ReentrantLock first, ReentrantLock second, CyclicBarrier both) throws Exception {
        first.lockInterruptibly();
        try {
            both.await();
            while (!over.get() && !second.tryLock(10, TimeUnit.MILLISECONDS)) {
                Thread.onSpinWait(); // for ever, but for the end of the test
            }
        } finally {
            first.unlock();
        }
    }

    /** What a handler leaves in a thread-local goes with its thread, and its thread with its bundle. */
    @Test
    void noThreadThatCalledABundlesHandlerOutlivesItNorWhatItLeftThere() {
        var left = new ThreadLocal<String>();
        for (int round = 0; round < 50; round++) {
            // given: on as many threads as there are
            Set<Thread> used = ConcurrentHashMap.newKeySet();
            var calls = new AtomicInteger();
            TestHandler leaving = bench.handle(
                    "first",
                    delivery -> {
                        left.set("acme's own");
                        used.add(Thread.currentThread());
                        calls.incrementAndGet();
                    },
                    "symphony.subscription",
                    "first",
                    "symphony.concurrency",
                    4);
            for (int i = 0; i < 20; i++) {
                bench.publish("first");
            }
            Bench.await(() -> calls.get() == 20);
            // when
            bench.engine.departing(TestHandler.ACME.id());
            // then: at once, for whoever is called next
            var seen = ConcurrentHashMap.<String>newKeySet();
            var next = new AtomicInteger();
            TestHandler following = TestHandler.any(
                    OTHER,
                    "next",
                    (EventHandler) delivery -> {
                        if (left.get() != null || used.contains(Thread.currentThread())) {
                            seen.add(Thread.currentThread().getName());
                        }
                        next.incrementAndGet();
                    },
                    "symphony.concurrency",
                    4);
            bench.add(following);
            for (int i = 0; i < 20; i++) {
                bench.publish("next");
            }
            Bench.await(() -> next.get() == 20);
            assertThat(seen)
                    .as("threads of the bundle that left, called in round %d", round)
                    .isEmpty();
            assertThat(used).isNotEmpty();
            Bench.await(() -> used.stream().noneMatch(Thread::isAlive));
            bench.engine.depart(leaving.serviceId());
            bench.engine.depart(following.serviceId());
        }
    }

    @Test
    void anInterruptThatAHandlerLeavesReachesNoOtherCall() {
        // given: one worker for all, which each interrupts in its way
        bench.configure("workers", 1, "workers.max", 1);
        var threads = ConcurrentHashMap.<Thread>newKeySet();
        var leaked = new AtomicInteger();
        var handled = new AtomicInteger();
        add("returns", delivery -> interruptedAtFirst(leaked, threads));
        add("throws", delivery -> {
            interruptedAtFirst(leaked, threads);
            throw new IllegalStateException("after an interrupt");
        });
        add("declares", delivery -> {
            interruptedAtFirst(leaked, threads);
            throw new InterruptedException("and it is still set");
        });
        add("good", delivery -> {
            if (Thread.currentThread().isInterrupted()) {
                leaked.incrementAndGet();
            }
            threads.add(Thread.currentThread());
            handled.incrementAndGet();
        });
        // when
        for (int i = 0; i < 200; i++) {
            bench.publish("t");
        }
        // then
        for (String name : List.of("throws", "declares")) {
            Bench.await(() -> view(name).queue().dead() == 200);
        }
        Bench.await(() -> view("returns").queue().handled() == 200 && handled.get() == 200);
        assertThat(leaked).as("calls that began interrupted").hasValue(0);
        assertThat(threads)
                .as("threads that a lowered number and one worker may have used")
                .hasSizeLessThanOrEqualTo(3);
        assertThat(view("good").failures()).isZero();
    }

    private static void interruptedAtFirst(AtomicInteger leaked, Set<Thread> threads) {
        if (Thread.currentThread().isInterrupted()) {
            leaked.incrementAndGet();
        }
        threads.add(Thread.currentThread());
        Thread.currentThread().interrupt();
    }

    /** Nothing ends such calls: the two threads stay as they are, daemons, for as long as this process runs. */
    @Test
    void twoHandlersInADeadlockOfMonitorsAreInterruptedThenAbandonedAndHoldUpNobodyElse() {
        // given: each takes its monitor, and then that of the other
        CapturedLog.clear();
        var monitors = List.of(new Object(), new Object());
        var both = new AtomicInteger();
        Set<Thread> stuck = ConcurrentHashMap.newKeySet();
        for (int i = 0; i < 2; i++) {
            Object first = monitors.get(i);
            Object second = monitors.get(1 - i);
            add(
                    "stuck" + i,
                    delivery -> {
                        stuck.add(Thread.currentThread());
                        synchronized (first) {
                            both.incrementAndGet();
                            while (both.get() < 2) {
                                Thread.onSpinWait();
                            }
                            synchronized (second) {
                                throw new AssertionError("it has both");
                            }
                        }
                    },
                    "symphony.time.limit",
                    "50ms");
        }
        for (int i = 0; i < 10; i++) {
            bench.publish("t", i);
        }
        Bench.await(() -> stuck.size() == 2 && deadlocked().containsAll(ids(stuck)));
        // when
        assertOtherServed("good");
        // then
        for (String name : List.of("stuck0", "stuck1")) {
            Bench.await(() -> view(name).overruns() == 1);
            assertThat(view(name).running()).as(name).isEqualTo(1);
            assertThat(view(name).queue().waiting()).as(name).isEqualTo(9);
            assertThat(view(name).queue().balanced()).isTrue();
        }
        // when they have to leave
        bench.engine.departing(TestHandler.ACME.id());
        // then
        assertThat(bench.engine.stats().abandoned()).isEqualTo(2);
        for (String name : List.of("stuck0", "stuck1")) {
            assertThat(view(name).abandoned()).as(name).isEqualTo(1);
            assertThat(view(name).queue().leased()).as(name).isEqualTo(1);
            assertThat(CapturedLog.lines().stream()
                            .filter(line -> line.startsWith("WARN acme/" + name + ": a call of")))
                    .singleElement()
                    .asString()
                    .contains("it is abandoned", HostileHandlersTest.class.getName() + ".lambda$twoHandlers");
        }
        assertOtherServed("good-still");
        assertThat(stuck).hasSize(2).allMatch(Thread::isDaemon).allMatch(Thread::isAlive);
        PoolView pool = bench.engine.stats().pools().get(0);
        assertThat(pool.workers() + pool.spares()).isLessThanOrEqualTo(MOST_WORKERS);
        assertThat(bench.threads).hasSizeLessThan(10 * MOST_WORKERS);
    }

    /** A handler of another bundle, which gets all that is published for it. */
    private void assertOtherServed(String topic) {
        var good = new AtomicInteger();
        bench.add(TestHandler.any(
                OTHER, topic, (EventHandler) delivery -> good.incrementAndGet(), "symphony.subscription", topic));
        for (int i = 0; i < EVENTS; i++) {
            bench.publish(topic).orThrow();
        }
        Bench.await(() -> good.get() == EVENTS);
        assertThat(bench.view("other/" + topic).failures()).isZero();
    }

    private static List<Long> ids(Set<Thread> threads) {
        return threads.stream().map(Thread::getId).toList();
    }

    /** Threads that wait for each other, as the JVM finds them. */
    private static List<Long> deadlocked() {
        long[] found = ManagementFactory.getThreadMXBean().findMonitorDeadlockedThreads();
        return found == null ? List.of() : LongStream.of(found).boxed().toList();
    }

    @Test
    void aHandlerThatPublishesToItselfWithoutEndIsRefusedAndOthersAreServed() {
        // given: each event makes two
        int capacity = 100;
        var refused = new AtomicInteger();
        bench.handle(
                "again",
                delivery -> {
                    for (int i = 0; i < 2 && !over.get(); i++) {
                        refused.addAndGet(bench.publish("again").refusals().size());
                    }
                },
                "symphony.subscription",
                "again",
                "symphony.capacity",
                capacity,
                "symphony.concurrency",
                2);
        bench.publish("again").orThrow();
        Bench.await(() -> refused.get() > capacity);
        // when
        var good = new AtomicInteger();
        bench.handle("good", delivery -> good.incrementAndGet(), "symphony.subscription", "good");
        for (int i = 0; i < EVENTS; i++) {
            bench.publish("good").orThrow();
            assertThat(bench.stats("acme/again").depth()).isLessThanOrEqualTo(capacity);
        }
        // then
        Bench.await(() -> good.get() == EVENTS);
        long before = bench.stats("acme/again").handled();
        Bench.await(() -> bench.stats("acme/again").handled() > before + capacity);
        over.set(true);
        Bench.await(() -> bench.stats("acme/again").depth() == 0);
        QueueStats stats = bench.stats("acme/again");
        assertThat(stats.refusals()).isEqualTo(refused.get());
        assertThat(stats.accepted()).isEqualTo(stats.handled());
        assertThat(bench.view("acme/again").failures()).isZero();
    }

    @Test
    void publishesFiftyDeepFromWithinHandlersWithoutWaitingForAnybody() {
        // given: each level publishes the next and waits for nothing
        var deepest = new AtomicInteger();
        for (int level = 0; level < 50; level++) {
            int next = level + 1;
            bench.handle(
                    "level/" + level,
                    delivery -> {
                        deepest.accumulateAndGet(next, Math::max);
                        bench.publish("level/" + next);
                    },
                    "symphony.subscription",
                    "level" + level);
        }
        for (int i = 0; i < 20; i++) {
            bench.publish("level/0");
        }
        Bench.await(() -> bench.stats("acme/level49").handled() == 20);
        assertThat(deepest).hasValue(50);
    }

    @Test
    void letsTwoHandlersThatPublishToEachOtherGoOnAndOthersToo() {
        // given: each event makes one for the other, in queues that hold no more than it and the one before
        for (String to : List.of("ping", "pong")) {
            String from = to.equals("ping") ? "pong" : "ping";
            bench.handle(from, delivery -> bench.publish(to), "symphony.subscription", from, "symphony.capacity", 2);
        }
        var other = new AtomicInteger();
        bench.handle("other", delivery -> other.incrementAndGet(), "symphony.subscription", "other");
        bench.publish("ping");
        for (int i = 0; i < 500; i++) {
            bench.publish("other");
        }
        Bench.await(() -> other.get() == 500);
        Bench.await(() -> bench.stats("acme/ping").handled() > 500
                && bench.stats("acme/pong").handled() > 500);
        assertThat(bench.view("acme/ping").failures()).isZero();
    }

    @Test
    void doesNotPunishAHandlerThatForwardsToASlowOne() throws Exception {
        // given
        bench.configure("quarantine.overruns", 1, "quarantine.failures", 1);
        bench.handle("slow", delivery -> gate.pass(), "symphony.subscription", "slow", "symphony.capacity", 10);
        var refused = new AtomicInteger();
        bench.handle(
                "in",
                delivery -> refused.addAndGet(bench.publish("slow").refusals().size()),
                "symphony.subscription",
                "forward",
                "symphony.time.limit",
                "5s");
        // when: far more than the slow one takes
        for (int i = 0; i < 200; i++) {
            bench.publish("in");
        }
        gate.awaitEntered();
        // then
        Bench.await(() -> bench.stats("acme/forward").handled() == 200);
        assertThat(bench.view("acme/forward").quarantines()).isZero();
        assertThat(bench.view("acme/forward").overruns()).isZero();
        assertThat(refused.get()).isEqualTo(190);
    }
}
