package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.dispatcher.HandlerState;
import symphony.api.dispatcher.PoolView;
import symphony.api.rbac.AccessControl;
import symphony.api.rbac.AccessDeniedException;
import symphony.api.rbac.Decision;

@Timeout(120)
class PauseTest {
    private static final String OPERATOR = "operator";
    private final Bench bench = new Bench("workers", 2);
    private final Gate gate = new Gate();

    @AfterEach
    void close() {
        gate.open();
        bench.close();
    }

    private void pool(String name, Map<String, Object> config) {
        bench.engine
                .poolDefinitions()
                .put(
                        name,
                        PoolDefinitions.PID + '~' + name,
                        PoolDefinitions.settings(PoolDefinitions.PID).orDefaults(new HashMap<>(config)));
    }

    private boolean isPaused(String pool) {
        return bench.engine.stats().pools().stream()
                .filter(view -> view.name().equals(pool))
                .anyMatch(PoolView::paused);
    }

    @Test
    void callsNobodyInAPausedPoolWhileOthersWork() {
        pool("reports", Map.of());
        var reports = new AtomicInteger();
        var others = new AtomicInteger();
        bench.handle("t", delivery -> reports.incrementAndGet(), "symphony.pool", "reports");
        bench.handle("t", delivery -> others.incrementAndGet());
        assertThat(bench.engine.pausePool(OPERATOR, "reports", true)).isTrue();
        for (int i = 0; i < 100; i++) {
            bench.publish("t");
        }
        Bench.await(() -> others.get() == 100);
        assertThat(reports).hasValue(0);
        assertThat(isPaused("reports")).isTrue();
        assertThat(bench.engine.stats().paused()).isFalse();
        assertThat(bench.engine.pausePool(OPERATOR, "reports", false)).isTrue();
        Bench.await(() -> reports.get() == 100);
    }

    @Test
    void letsACallThatRunsGoOnWhenItIsPaused() throws Exception {
        bench.handle("t", delivery -> gate.pass());
        bench.publish("t");
        gate.awaitEntered();
        bench.engine.pauseAll(true);
        bench.publish("t");
        gate.open();
        Bench.await(() -> bench.stats("acme/handler").handled() == 1);
        assertThat(bench.stats("acme/handler").waiting()).isEqualTo(1);
        bench.engine.pauseAll(false);
        Bench.await(() -> bench.stats("acme/handler").handled() == 2);
    }

    @Test
    void startsNoCallWhileItsSubscriptionItsPoolOrAllArePaused() throws Exception {
        Map<String, Consumer<Boolean>> switches = new LinkedHashMap<>();
        switches.put("subscription", on -> bench.engine.pause(OPERATOR, "acme/handler", on));
        switches.put("pool", on -> bench.engine.pausePool(OPERATOR, "default", on));
        switches.put("all", bench.engine::pauseAll);
        var held = new AtomicReference<>(gate);
        var calls = new AtomicInteger();
        bench.handle(
                "t",
                delivery -> {
                    calls.incrementAndGet();
                    held.get().pass();
                },
                "symphony.concurrency",
                2);
        for (var each : switches.entrySet()) {
            int before = calls.get();
            held.set(new Gate());
            bench.publish("t");
            held.get().awaitEntered(); // given: a call that runs
            each.getValue().accept(true); // when
            for (int i = 0; i < 10; i++) {
                bench.publish("t");
            }
            held.get().open();
            // then: it goes on to its end, and when no worker has anything to do any more nothing else was called
            int handled = before + 1;
            Bench.await(() -> bench.stats("acme/handler").handled() == handled);
            Bench.await(this::isAtRest);
            assertThat(calls).as(each.getKey()).hasValue(handled);
            assertThat(bench.stats("acme/handler").waiting()).as(each.getKey()).isEqualTo(10);
            boolean one = each.getKey().equals("subscription");
            assertThat(bench.view("acme/handler").state()).isEqualTo(one ? HandlerState.PAUSED : HandlerState.ACTIVE);
            assertThat(isPaused("default")).isEqualTo(!one);
            assertThat(bench.engine.stats().paused()).as("nobody is called").isEqualTo(!one);
            each.getValue().accept(false);
            Bench.await(() -> bench.stats("acme/handler").handled() == before + 11);
        }
    }

    @Test
    void startsNoCallForAnEventThatAWorkerTookJustBeforeItsSubscriptionWasPaused() throws Exception {
        var calls = new AtomicInteger();
        bench.handle("t", delivery -> calls.incrementAndGet());
        holdUpAsItHasTakenAnEvent("symphony-default-");
        bench.publish("t");
        gate.awaitEntered();
        assertThat(bench.engine.pause(OPERATOR, "acme/handler", true)).isTrue(); // when
        assertThat(bench.view("acme/handler").running()).isZero();
        gate.open();
        // then: it goes back
        Bench.await(() -> bench.stats("acme/handler").leased() == 0);
        assertThat(bench.stats("acme/handler").waiting()).isEqualTo(1);
        assertThat(calls).hasValue(0);
        bench.engine.pause(OPERATOR, "acme/handler", false);
        Bench.await(() -> calls.get() == 1);
    }

    @Test
    void startsNoCallOfASubscriptionThatCameToThePoolFromAnotherJustBeforeThatWasPaused() throws Exception {
        pool("reports", Map.of());
        var calls = new AtomicInteger();
        TestHandler handler = bench.handle("t", delivery -> calls.incrementAndGet(), "symphony.pool", "reports");
        holdUpAsItHasTakenAnEvent("symphony-reports-");
        bench.publish("t");
        gate.awaitEntered();
        handler.set("t", "symphony.pool", "default");
        bench.engine.modify(handler.serviceId());
        assertThat(bench.engine.pausePool(OPERATOR, "default", true)).isTrue(); // when
        assertThat(bench.view("acme/handler").running()).isZero();
        gate.open();
        // then: it goes back
        Bench.await(() -> bench.stats("acme/handler").leased() == 0);
        assertThat(bench.stats("acme/handler").waiting()).isEqualTo(1);
        assertThat(calls).hasValue(0);
        bench.engine.pausePool(OPERATOR, "default", false);
        Bench.await(() -> calls.get() == 1);
    }

    /** The first time that a worker has an event, and before it begins the call. */
    private void holdUpAsItHasTakenAnEvent(String workers) {
        var taken = new AtomicBoolean();
        bench.hooked.beforePop = () -> taken.set(true);
        bench.beforeNanoTime = () -> {
            if (taken.get() && Thread.currentThread().getName().startsWith(workers) && !gate.isEntered()) {
                gate.passUnchecked();
            }
        };
    }

    private boolean isAtRest() {
        synchronized (bench.threads) {
            return bench.threads.stream()
                    .filter(thread -> thread.getName().startsWith("symphony-default-"))
                    .map(Thread::getState)
                    .allMatch(state -> state == Thread.State.WAITING || state == Thread.State.TERMINATED);
        }
    }

    @Test
    void keepsOrderAndLosesNothingWhilePausedAndResumedUnderLoad() throws Exception {
        var seen = new CopyOnWriteArrayList<Long>();
        bench.handle("t", delivery -> seen.add(delivery.getLong("n", -1)));
        var publisher = new Thread(() -> {
            for (int i = 0; i < 5_000; i++) {
                bench.publish("t", i);
            }
        });
        publisher.start();
        for (int i = 0; publisher.isAlive(); i++) {
            boolean on = i % 6 < 3;
            switch (i % 3) {
                case 0 -> bench.engine.pauseAll(on);
                case 1 -> bench.engine.pausePool(OPERATOR, "default", on);
                default -> bench.engine.pause(OPERATOR, "acme/handler", on);
            }
        }
        bench.engine.pauseAll(false);
        bench.engine.pause(OPERATOR, "acme/handler", false);
        publisher.join();
        Bench.await(() -> seen.size() == 5_000);
        assertThat(seen).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void pausesAPoolThatComesWhileAllArePaused() {
        bench.engine.pauseAll(true);
        pool("reports", Map.of());
        var handled = new AtomicInteger();
        bench.handle("t", delivery -> handled.incrementAndGet(), "symphony.pool", "reports");
        bench.publish("t");
        assertThat(isPaused("reports")).isTrue();
        assertThat(bench.engine.stats().paused()).isTrue();
        bench.engine.pauseAll(false);
        Bench.await(() -> handled.get() == 1);
    }

    @Test
    void keepsAPoolPausedThatIsMadeAnewForThreadsOfAnotherSort() {
        pool("reports", Map.of("virtual", false));
        bench.engine.pausePool(OPERATOR, "reports", true);
        pool("reports", Map.of("virtual", true));
        assertThat(isPaused("reports")).isTrue();
    }

    @Test
    void doesNotWaitForAPausedPoolWhenItStops() {
        bench.handle("t", delivery -> {});
        bench.engine.pauseAll(true);
        bench.publish("t");
        var report = bench.engine.stop(Duration.ofSeconds(30)); // longer than the test may take
        assertThat(report.left()).containsEntry("acme/handler", 1L);
    }

    @Test
    void knowsNoPoolThatIsNotThere() {
        assertThat(bench.engine.pausePool(OPERATOR, "reports", true)).isFalse();
    }

    @Test
    void needsThePermissionToPauseAPool() {
        bench.guard.bind((AccessControl)
                (principal, permission) -> new Decision(!permission.toString().startsWith("dispatcher:"), "a test's"));
        assertThatThrownBy(() -> bench.engine.pausePool(OPERATOR, "default", true))
                .isInstanceOf(AccessDeniedException.class)
                .hasMessageContaining("dispatcher:pause:pool/default");
        assertThat(isPaused("default")).isFalse();
    }
}
