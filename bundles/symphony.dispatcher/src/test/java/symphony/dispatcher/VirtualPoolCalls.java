package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import symphony.api.dispatcher.PoolView;
import symphony.api.event.EventHandler;
import symphony.api.queue.DeadReason;

/** What pools of virtual threads must do, for a process of a Java that has them: tells of each whether it is done. */
final class VirtualPoolCalls implements AutoCloseable {
    private static final String POOL = "many";

    private final Bench bench =
            new Bench("workers", 2, "quarantine.overruns", 0, "quarantine.failures", 0, "departure.deadline", "10m");
    private final Gate gate = new Gate();

    /** Those that called a handler of the pool. */
    private final List<Thread> callers = new CopyOnWriteArrayList<>();

    private VirtualPoolCalls() {}

    private interface Check {
        void run(VirtualPoolCalls calls) throws Exception;
    }

    public static void main(String[] args) {
        var checks = new LinkedHashMap<String, Check>();
        checks.put("calls", VirtualPoolCalls::callsOnVirtualThreads);
        checks.put("compensation", VirtualPoolCalls::standsIn);
        checks.put("limit", VirtualPoolCalls::interruptsOverTheLimit);
        checks.put("pause", VirtualPoolCalls::pauses);
        checks.put("departure", VirtualPoolCalls::waitsForTheCallsOfALeavingBundle);
        checks.put("abandoned", VirtualPoolCalls::abandons);
        checks.put("removal", VirtualPoolCalls::goes);
        checks.put("change", VirtualPoolCalls::takesThePlaceOfOtherThreads);
        checks.forEach(VirtualPoolCalls::tell);
        System.exit(0); // a check that failed may have left threads that wait
    }

    private static void tell(String name, Check check) {
        try (var calls = new VirtualPoolCalls()) {
            check.run(calls);
            System.out.println(name + "=done");
        } catch (Exception | AssertionError e) {
            System.out.println(name + "=failed");
            e.printStackTrace(System.out);
        }
    }

    @Override
    public void close() {
        gate.open();
        bench.close();
    }

    private void pool(Object... pairs) {
        var config = new HashMap<String, Object>(Map.of("virtual", true));
        for (int i = 0; i < pairs.length; i += 2) {
            config.put((String) pairs[i], pairs[i + 1]);
        }
        bench.engine
                .poolDefinitions()
                .put(
                        POOL,
                        PoolDefinitions.PID + '~' + POOL,
                        PoolDefinitions.settings(PoolDefinitions.PID).orDefaults(config));
    }

    private PoolView view() {
        return bench.engine.stats().pools().stream()
                .filter(pool -> pool.name().equals(POOL))
                .findAny()
                .orElseThrow();
    }

    private TestHandler handle(String topic, EventHandler handler, Object... properties) {
        Object[] all = Arrays.copyOf(properties, properties.length + 2);
        all[properties.length] = "symphony.pool";
        all[properties.length + 1] = POOL;
        return bench.handle(
                topic,
                delivery -> {
                    callers.add(Thread.currentThread());
                    handler.handle(delivery);
                },
                all);
    }

    private void assertAllVirtual() {
        assertThat(callers).isNotEmpty().allMatch(VirtualPoolCalls::isVirtual);
    }

    /** Our classes are those of Java 17. */
    private static boolean isVirtual(Thread thread) {
        try {
            return (boolean) Thread.class.getMethod("isVirtual").invoke(thread);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private void callsOnVirtualThreads() throws Exception {
        int calls = 300;
        pool("workers", 500);
        assertThat(view().virtual()).isTrue();
        var called = new CountDownLatch(calls);
        handle(
                "t",
                delivery -> {
                    called.countDown();
                    gate.pass();
                },
                "symphony.concurrency",
                calls);
        for (int i = 0; i < calls; i++) {
            bench.publish("t");
        }
        assertThat(called.await(60, TimeUnit.SECONDS)).isTrue();
        assertAllVirtual();
        assertThat(callers)
                .doesNotHaveDuplicates()
                .allMatch(thread -> thread.getName().startsWith("symphony-" + POOL + '-'));
        assertThat(bench.threads()).noneMatch(thread -> thread.getName().startsWith("symphony-" + POOL));
        gate.open();
        Bench.await(() -> bench.stats("acme/handler").handled() == calls);
        assertThat(bench.stats("acme/handler").balanced()).isTrue();
    }

    private void standsIn() {
        bench.configure("spare.idle", "20ms");
        pool("workers", 1, "workers.max", 3);
        var atOnce = new AtOnce();
        for (int i = 0; i < 10; i++) {
            handle("slow", delivery -> {
                atOnce.begin();
                gate.pass();
                atOnce.end();
            });
        }
        bench.publish("slow");
        Bench.await(() -> view().running() == 3 && view().ready() == 7);
        assertThat(view().workers() + view().spares()).isEqualTo(3);
        gate.open();
        Bench.await(() -> bench.engine.stats().delivered() == 10);
        assertThat(atOnce.most()).isEqualTo(3);
        assertAllVirtual();
        Bench.await(() -> view().spares() == 0);
    }

    private void interruptsOverTheLimit() {
        pool();
        var interrupted = new AtomicBoolean();
        handle(
                "t",
                delivery -> {
                    if (delivery.attempt() == 1) {
                        passOrTell(interrupted);
                    }
                },
                "symphony.time.limit",
                "300ms");
        bench.publish("t");
        Bench.await(() -> bench.stats("acme/handler").handled() == 1);
        assertThat(interrupted).isTrue();
        assertThat(bench.view("acme/handler").overruns()).isPositive();
        assertThat(bench.dead()).isEmpty();
        assertAllVirtual();
    }

    private void passOrTell(AtomicBoolean interrupted) throws InterruptedException {
        try {
            gate.pass();
        } catch (InterruptedException e) {
            interrupted.set(true);
            throw e;
        }
    }

    private void pauses() {
        pool();
        var here = new AtomicInteger();
        var elsewhere = new AtomicInteger();
        handle("t", delivery -> here.incrementAndGet());
        bench.handle("t", delivery -> elsewhere.incrementAndGet());
        bench.publish("t");
        Bench.await(() -> here.get() == 1 && elsewhere.get() == 1);
        assertThat(bench.engine.pausePool("operator", POOL, true)).isTrue();
        for (int i = 0; i < 100; i++) {
            bench.publish("t");
        }
        Bench.await(() -> elsewhere.get() == 101);
        assertThat(here).hasValue(1);
        assertThat(view().paused()).isTrue();
        assertThat(bench.engine.pausePool("operator", POOL, false)).isTrue();
        Bench.await(() -> here.get() == 101);
        assertAllVirtual();
    }

    private void waitsForTheCallsOfALeavingBundle() throws Exception {
        pool();
        handle("t", delivery -> gate.pass());
        bench.publish("t");
        gate.awaitEntered();
        bench.publish("t");
        var departure = new Thread(() -> bench.engine.departing(TestHandler.ACME.id()));
        departure.start();
        Bench.await(() -> departure.getState() == Thread.State.TIMED_WAITING || !departure.isAlive());
        assertThat(departure.isAlive()).as("it waits").isTrue();
        gate.open();
        departure.join();
        assertThat(bench.engine.stats().delivered()).isEqualTo(1);
        assertThat(bench.engine.stats().abandoned()).isZero();
        assertThat(bench.stats("acme/handler").waiting()).isEqualTo(1);
        assertAllVirtual();
        Bench.await(() -> callers.stream().noneMatch(Thread::isAlive));
    }

    private void abandons() throws Exception {
        bench.configure("departure.deadline", "300ms");
        pool();
        TestHandler handler = handle("t", delivery -> gate.passStubbornly());
        bench.publish("t", 1);
        gate.awaitEntered();
        bench.publish("t", 2);
        CapturedLog.clear();
        bench.engine.departing(TestHandler.ACME.id());
        assertThat(bench.engine.stats().abandoned()).isEqualTo(1);
        assertThat(CapturedLog.lines().stream().filter(line -> line.contains("a call of acme 1.0.0 did not end")))
                .singleElement()
                .asString()
                .contains(Gate.class.getName() + ".passStubbornly");
        var seen = ConcurrentHashMap.<Long>newKeySet();
        handle("t", delivery -> seen.add(delivery.getLong("n", -1)));
        assertThat(bench.view("acme/handler").running())
                .as("it keeps its permit")
                .isEqualTo(1);
        assertThat(seen).isEmpty();
        gate.open();
        Bench.await(() -> bench.dead().size() == 1 && seen.equals(Set.of(2L)));
        assertThat(bench.dead().get(0).reason()).isEqualTo(DeadReason.ABANDONED);
        assertAllVirtual();
        Bench.await(() -> handler.ungets.get() == 1);
        Bench.await(() -> !callers.get(0).isAlive());
    }

    private void goes() throws Exception {
        pool("workers", 1, "workers.max", 1);
        handle("slow", delivery -> gate.pass());
        bench.publish("slow");
        gate.awaitEntered();
        handle("t", delivery -> {});
        for (int i = 0; i < 100; i++) {
            bench.publish("t");
        }
        bench.engine.poolDefinitions().remove(POOL);
        Bench.await(() -> bench.stats("acme/handler#2").handled() == 100);
        assertThat(bench.view("acme/handler").running()).isEqualTo(1);
        Thread inside = callers.get(0);
        assertThat(isVirtual(inside)).isTrue();
        assertThat(callers.subList(1, 101)).noneMatch(VirtualPoolCalls::isVirtual);
        gate.open();
        Bench.await(() -> bench.stats("acme/handler").handled() == 1 && !inside.isAlive());
    }

    private void takesThePlaceOfOtherThreads() {
        pool("virtual", false);
        handle("t", delivery -> {});
        bench.publish("t");
        Bench.await(() -> callers.size() == 1);
        Thread platform = callers.get(0);
        assertThat(isVirtual(platform)).isFalse();
        pool();
        assertThat(view().virtual()).isTrue();
        Bench.await(() -> {
            bench.publish("t"); // again, since whoever has not let go of its lane yet may take what comes at once
            return isVirtual(callers.get(callers.size() - 1));
        });
        Bench.await(() -> !platform.isAlive());
    }
}
