package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import symphony.api.dispatcher.PoolView;
import symphony.api.event.Event;

@Timeout(120)
class NamedPoolTest {
    private final Bench bench = new Bench("workers", 2);
    private final CountDownLatch gate = new CountDownLatch(1);
    private final AtomicInteger stuck = new AtomicInteger();

    @AfterEach
    void close() {
        gate.countDown();
        bench.close();
    }

    private void pool(String name, Object... pairs) {
        var config = new HashMap<String, Object>();
        for (int i = 0; i < pairs.length; i += 2) {
            config.put((String) pairs[i], pairs[i + 1]);
        }
        String pid = PoolDefinitions.PID + '~' + name;
        bench.engine
                .poolDefinitions()
                .put(name, pid, PoolDefinitions.settings(PoolDefinitions.PID).orDefaults(config));
    }

    private PoolView view(String name) {
        return bench.engine.stats().pools().stream()
                .filter(pool -> pool.name().equals(name))
                .findAny()
                .orElseThrow();
    }

    private List<String> names() {
        return bench.engine.stats().pools().stream().map(PoolView::name).toList();
    }

    @Test
    void callsAHandlerOnThreadsOfThePoolItNames() {
        pool("reports", "workers", 1);
        var thread = new CopyOnWriteArrayList<String>();
        bench.handle("t", delivery -> thread.add(Thread.currentThread().getName()), "symphony.pool", "reports");
        bench.publish("t");
        Bench.await(() -> thread.size() == 1);
        assertThat(thread.get(0)).startsWith("symphony-reports-");
        assertThat(bench.view("acme/handler").pool()).isEqualTo("reports");
        assertThat(names()).containsExactly("default", "reports");
    }

    @Test
    void letsSlowHandlersOfAPoolTakeNoMoreThreadsThanItMayHave() throws Exception {
        pool("reports", "workers", 1, "workers.max", 3);
        for (int i = 0; i < 10; i++) {
            bench.handle("slow", delivery -> gate.await(), "symphony.pool", "reports");
        }
        bench.publish("slow");
        Bench.await(() -> view("reports").running() == 3 && view("reports").ready() == 7);
        // when: the pool is as full as it may be
        var quick = new Semaphore(0);
        bench.handle("quick", delivery -> quick.release());
        for (int i = 0; i < 100; i++) {
            bench.publish("quick");
        }
        assertThat(quick.tryAcquire(100, 60, TimeUnit.SECONDS)).isTrue();
        assertThat(view("reports"))
                .satisfies(pool -> assertThat(pool.running()).isEqualTo(3))
                .satisfies(pool -> assertThat(pool.workers() + pool.spares()).isEqualTo(3));
        assertThat(view("default").spares()).isLessThanOrEqualTo(1); // one if both workers stood still as they let go
    }

    @Test
    void callsFewerAtOnceAsSoonAsItIsMadeSmallerThoughWorkNeverEnds() {
        pool("reports", "workers", 8, "workers.max", 8);
        var atOnce = new AtOnce();
        for (int i = 0; i < 8; i++) {
            bench.handle(
                    "t",
                    delivery -> {
                        atOnce.begin();
                        gate.await(1, TimeUnit.MILLISECONDS);
                        atOnce.end();
                    },
                    "symphony.pool",
                    "reports",
                    "symphony.subscription",
                    "s" + i);
        }
        for (int i = 0; i < 5_000; i++) {
            bench.publish("t");
        }
        Bench.await(() -> atOnce.most() == 8); // none is still being made
        pool("reports", "workers", 1, "workers.max", 1);
        Bench.await(() -> view("reports").spares() == 0);
        atOnce.forget();
        long before = bench.stats("acme/s0").handled();
        Bench.await(() -> bench.stats("acme/s0").handled() > before + 20);
        assertThat(atOnce.most()).isEqualTo(1);
        assertThat(bench.stats("acme/s0").depth()).isPositive();
    }

    @Test
    void callsMoreAtOnceAsSoonAsItIsMadeLargerThoughNoCallReturns() {
        pool("reports", "workers", 1, "workers.max", 1);
        var called = new AtomicInteger();
        bench.handle(
                "t",
                delivery -> {
                    called.incrementAndGet();
                    gate.await();
                },
                "symphony.pool",
                "reports",
                "symphony.concurrency",
                8);
        for (int i = 0; i < 20; i++) {
            bench.publish("t");
        }
        Bench.await(() -> called.get() == 1);
        pool("reports", "workers", 8, "workers.max", 64);
        Bench.await(() -> called.get() == 8);
    }

    @Test
    void standsInForAWorkerThatIsHeldUpBesideACall() {
        // given: two whose queue does not answer as an event is taken
        bench.hooked.beforePop = () -> {
            boolean worker = Thread.currentThread().getName().startsWith("symphony-default");
            if (worker && stuck.getAndIncrement() < 2) {
                awaitGate();
            }
        };
        bench.handle("stuck", delivery -> {}, "symphony.subscription", "one");
        bench.handle("stuck", delivery -> {}, "symphony.subscription", "other");
        bench.publish("stuck");
        Bench.await(() -> stuck.get() >= 2);
        // when
        var handled = new AtomicInteger();
        bench.handle("t", delivery -> handled.incrementAndGet());
        bench.publish("t");
        // then
        Bench.await(() -> handled.get() == 1);
    }

    private void awaitGate() {
        try {
            gate.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void servesAHandlerWhosePoolIsMissingByTheStandardOneUntilItComes() {
        CapturedLog.clear();
        var threads = new CopyOnWriteArrayList<String>();
        bench.handle("t", delivery -> threads.add(Thread.currentThread().getName()), "symphony.pool", "reports");
        bench.publish("t");
        Bench.await(() -> threads.size() == 1);
        assertThat(bench.view("acme/handler").reason()).isEqualTo("its pool reports is not configured");
        assertMissed("acme/handler");
        assertThat(threads.get(0)).startsWith("symphony-default-");
        pool("reports");
        Bench.await(() -> {
            bench.publish("t"); // again, since whoever has not let go of its lane yet may take what comes at once
            return threads.get(threads.size() - 1).startsWith("symphony-reports-");
        });
        assertThat(bench.view("acme/handler").reason()).isEmpty();
    }

    /** One line for each subscription. */
    private static void assertMissed(String... subscriptions) {
        assertThat(CapturedLog.lines().stream().filter(line -> line.contains("there is no pool")))
                .hasSize(subscriptions.length)
                .allMatch(
                        line -> Stream.of(subscriptions)
                                .anyMatch(
                                        identity -> line.startsWith(
                                                "WARN " + identity
                                                        + ": there is no pool reports, the pool default serves it meanwhile; configure reports in PID")));
    }

    @Test
    void takesWhatWaitsAlongWhenItsPoolGoes() {
        pool("reports", "workers", 1, "workers.max", 1);
        bench.handle("slow", delivery -> gate.await(), "symphony.pool", "reports");
        bench.publish("slow");
        Bench.await(() -> view("reports").running() == 1);
        var handled = new AtomicInteger();
        bench.handle("t", delivery -> handled.incrementAndGet(), "symphony.pool", "reports");
        for (int i = 0; i < 100; i++) {
            bench.publish("t");
        }
        assertThat(handled).hasValue(0);
        // when
        CapturedLog.clear();
        bench.engine.poolDefinitions().remove("reports");
        // then: the call that runs is not waited for, and is still known
        Bench.await(() -> handled.get() == 100);
        assertThat(bench.view("acme/handler#2").reason()).isEqualTo("its pool reports is not configured");
        assertMissed("acme/handler", "acme/handler#2");
        assertThat(names()).containsExactly("default");
        assertThat(bench.view("acme/handler").running()).isEqualTo(1);
        gate.countDown();
        Bench.await(() -> bench.view("acme/handler").running() == 0);
        Bench.await(() -> {
            synchronized (bench.threads) {
                return bench.threads.stream()
                        .noneMatch(t -> t.isAlive() && t.getName().startsWith("symphony-reports"));
            }
        });
    }

    @Test
    void interruptsACallOverItsLimitThoughItsPoolIsGone() {
        pool("reports");
        var interrupted = new AtomicBoolean();
        var called = new CountDownLatch(1);
        bench.handle(
                "slow",
                delivery -> {
                    called.countDown();
                    try {
                        gate.await();
                    } catch (InterruptedException e) {
                        interrupted.set(true);
                    }
                },
                "symphony.pool",
                "reports",
                "symphony.time.limit",
                "300ms");
        bench.publish("slow");
        Bench.await(() -> called.getCount() == 0);
        bench.engine.poolDefinitions().remove("reports");
        Bench.await(interrupted::get);
        Bench.await(() -> bench.stats("acme/handler").handled() == 1);
    }

    @Test
    void neverCallsAHandlerMoreOftenAtOnceThanItMayWhileItsPoolChanges() throws Exception {
        // given: one call at a time, and two that may be at once, under load
        var running = new ConcurrentHashMap<String, AtomicInteger>();
        var worst = new ConcurrentHashMap<String, AtomicInteger>();
        var handled = new Semaphore(0);
        for (int concurrency : new int[] {1, 2}) {
            String topic = "t/" + concurrency;
            running.put(topic, new AtomicInteger());
            worst.put(topic, new AtomicInteger());
            bench.handle(
                    topic,
                    delivery -> {
                        int now = running.get(topic).incrementAndGet();
                        worst.get(topic).accumulateAndGet(now, Math::max);
                        Thread.onSpinWait();
                        running.get(topic).decrementAndGet();
                        handled.release();
                    },
                    "symphony.pool",
                    "reports",
                    "symphony.concurrency",
                    concurrency);
        }
        // when
        int events = 20_000;
        var publisher = new Thread(() -> {
            for (int i = 0; i < events; i++) {
                bench.engine.dispatch(
                        Bench.PUBLISHER, Event.on("t/1").build(), Bench.PUBLISHER, Duration.ofSeconds(20));
                bench.engine.dispatch(
                        Bench.PUBLISHER, Event.on("t/2").build(), Bench.PUBLISHER, Duration.ofSeconds(20));
            }
        });
        publisher.start();
        for (int i = 0; publisher.isAlive() || i < 50; i++) {
            switch (i % 4) {
                case 0 -> pool("reports", "workers", 1 + i % 3);
                case 1 -> pool("reports", "workers", 2, "workers.max", 2 + i % 5);
                case 2 -> pool("reports", "workers", 3, "virtual", true);
                default -> bench.engine.poolDefinitions().remove("reports");
            }
        }
        // then
        publisher.join();
        assertThat(handled.tryAcquire(2 * events, 60, TimeUnit.SECONDS)).isTrue();
        assertThat(worst.get("t/1")).hasValue(1);
        assertThat(worst.get("t/2").get()).isBetween(1, 2);
        Bench.await(() -> bench.stats("acme/handler").depth() == 0);
        Bench.await(() -> bench.stats("acme/handler#2").depth() == 0);
        assertThat(bench.stats("acme/handler").balanced()).isTrue();
        assertThat(bench.stats("acme/handler#2").handled()).isEqualTo(events);
    }

    @Test
    void growsAndShrinksWhileItWorks() {
        bench.configure("spare.idle", "20ms");
        pool("reports", "workers", 1, "workers.max", 1);
        for (int i = 0; i < 4; i++) {
            bench.handle("slow", delivery -> gate.await(), "symphony.pool", "reports");
        }
        bench.publish("slow");
        Bench.await(() -> view("reports").running() == 1);
        pool("reports", "workers", 4);
        Bench.await(() -> view("reports").running() == 4);
        pool("reports", "workers", 1, "workers.max", 1);
        gate.countDown();
        Bench.await(() -> view("reports").spares() == 0);
    }

    @Test
    @EnabledForJreRange(max = JRE.JAVA_20)
    void usesPlatformThreadsWhereTheJvmHasNoVirtualOnes() {
        pool("many", "virtual", true);
        assertThat(view("many").virtual()).isFalse();
        var thread = new CopyOnWriteArrayList<String>();
        bench.handle("t", delivery -> thread.add(Thread.currentThread().getName()), "symphony.pool", "many");
        bench.publish("t");
        Bench.await(() -> thread.size() == 1);
        assertThat(thread.get(0)).startsWith("symphony-many-");
    }

    @Test
    void drainsAllPoolsTogether() {
        // given: what is handled in one pool gives the other something to do, to and fro
        pool("reports", "workers", 1);
        var handled = new AtomicInteger();
        bench.handle("a", delivery -> pass(delivery.getLong("n", 0), "b", handled), "symphony.subscription", "a");
        bench.handle(
                "b",
                delivery -> pass(delivery.getLong("n", 0), "a", handled),
                "symphony.pool",
                "reports",
                "symphony.subscription",
                "b");
        bench.publish(Event.on("a").with("n", 2_000).build());
        // when
        var report = bench.engine.stop(Duration.ofSeconds(100));
        // then
        assertThat(handled).hasValue(2_001);
        assertThat(report.left()).isEmpty();
    }

    private void pass(long left, String topic, AtomicInteger handled) {
        handled.incrementAndGet();
        if (left > 0) {
            bench.publish(Event.on(topic).with("n", left - 1).build());
        }
    }

    @Test
    void usesTheFirstOfTwoConfigurationsOfOneNameAndTheOtherWhenThatGoes() {
        pool("reports", "workers", 3);
        bench.engine
                .poolDefinitions()
                .put(
                        "other",
                        PoolDefinitions.PID,
                        PoolDefinitions.settings(PoolDefinitions.PID)
                                .orDefaults(Map.of("name", "reports", "workers", 5)));
        assertThat(view("reports").workers()).isEqualTo(3);
        bench.engine.poolDefinitions().remove("reports");
        assertThat(view("reports").workers()).isEqualTo(5);
    }

    @Test
    void makesNoPoolWithoutAName() {
        bench.engine
                .poolDefinitions()
                .put(
                        "one",
                        PoolDefinitions.PID,
                        PoolDefinitions.settings(PoolDefinitions.PID).orDefaults(Map.of("workers", 5)));
        pool("default", "workers", 9);
        pool("a/b", "name", "no name at all!");
        assertThat(names()).containsExactly("default");
        assertThat(view("default").workers()).isEqualTo(2);
    }
}
