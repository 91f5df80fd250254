package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.dispatcher.PoolView;
import symphony.api.dispatcher.SubscriptionView;
import symphony.api.event.Event;
import symphony.api.event.EventHandler;

/** G3: whatever a handler does, it does to its own subscription. */
@Timeout(120)
class HostileHandlersTest {
    private static final int MOST_WORKERS = 40;
    private static final int EVENTS = 2_000;

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
        add("spins", delivery -> {
            while (!over.get()) {
                Thread.onSpinWait();
            }
        });
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
        Bench.await(() -> view("never").overruns() == 1);
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
