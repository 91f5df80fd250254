package symphony.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.dispatcher.PoolView;
import symphony.api.rbac.AccessControl;
import symphony.api.rbac.AccessDeniedException;
import symphony.api.rbac.Decision;

@Timeout(60)
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
                        PoolDefinitions.SETTINGS.orDefaults(new HashMap<>(config)));
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
            if (i % 2 == 0) {
                bench.engine.pauseAll(i % 4 == 0);
            } else {
                bench.engine.pausePool(OPERATOR, "default", i % 4 == 1);
            }
        }
        bench.engine.pauseAll(false);
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
