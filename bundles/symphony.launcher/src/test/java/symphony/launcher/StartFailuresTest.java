package symphony.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.apache.felix.framework.FrameworkFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.FrameworkListener;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.startlevel.BundleStartLevel;

/** One bundle does not start, another stops the framework, and the framework is slow to tell. */
@Timeout(120)
class StartFailuresTest {
    private static final long LONG = 60_000;

    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final AtomicReference<Thread> starting = new AtomicReference<>();

    @TempDir
    Path folder;

    private Framework framework;

    @BeforeEach
    void makeAFramework() throws Exception {
        framework = new FrameworkFactory()
                .newFramework(Map.of(
                        "org.osgi.framework.storage",
                        folder.resolve("cache").toString(),
                        "org.osgi.framework.startlevel.beginning",
                        "9",
                        "felix.log.level",
                        "0",
                        "test.marker",
                        folder.resolve("marker").toString()));
        framework.init();
    }

    @AfterEach
    void stopTheFramework() throws Exception {
        framework.stop();
        framework.waitForStop(0);
    }

    @Test
    void startsNoBundleBeforeThoseThatFailedBelowItWereToldOf() throws Exception {
        install("test.failing", 1, FailingActivator.class);
        install("test.stopping", 2, StoppingActivator.class);
        tellOnlyIf(() -> isStopping() || isAwaited());
        StartFailures.listen(framework.getBundleContext(), Set.of(), LONG, lines::add);

        framework.start();
        framework.waitForStop(0);

        assertThat(lines).containsExactly("bundle test.failing did not start: no\nluck");
    }

    @Test
    void startsTheNextIfItTakesTooLongToTell() throws Exception {
        install("test.failing", 1, FailingActivator.class);
        install("test.stopping", 2, StoppingActivator.class);
        tellOnlyIf(this::isStopping);
        StartFailures.listen(framework.getBundleContext(), Set.of(), 1, lines::add);

        framework.start();
        framework.waitForStop(0);

        assertThat(lines)
                .containsExactly("bundle test.failing did not start: the stop came before its reason was told");
    }

    @Test
    void namesAtTheStopThoseThatWereNotToldOf() throws Exception {
        install("test.stopping", 1, StoppingActivator.class);
        install("test.failing", 2, FailingActivator.class);
        install("test.known", 2, FailingActivator.class);
        tellOnlyIf(this::isStopping);
        StartFailures.listen(framework.getBundleContext(), Set.of("test.known"), 1, lines::add);

        framework.start();
        framework.waitForStop(0);

        assertThat(lines)
                .containsExactly("bundle test.failing did not start: the stop came before its reason was told");
    }

    private void install(String name, int level, Class<?> activator) throws Exception {
        Path jar = TestJar.bundle(folder.resolve(name + ".jar"), name, activator);
        Bundle bundle = framework.getBundleContext().installBundle(jar.toUri().toString());
        bundle.adapt(BundleStartLevel.class).setStartLevel(level);
        bundle.start();
    }

    /** The framework's thread that tells of failures stands still until then. */
    private void tellOnlyIf(BooleanSupplier condition) {
        framework.getBundleContext().addBundleListener((SynchronousBundleListener) event -> {
            if (event.getType() == BundleEvent.STARTING) {
                starting.set(Thread.currentThread());
            }
        });
        framework.getBundleContext().addFrameworkListener((FrameworkListener) event -> {
            while (event.getType() == FrameworkEvent.ERROR && !condition.getAsBoolean()) {
                Thread.onSpinWait();
            }
        });
    }

    private boolean isStopping() {
        return framework.getState() != Bundle.STARTING && framework.getState() != Bundle.ACTIVE;
    }

    /** The thread that starts bundles waits, which it does for nothing else. */
    private boolean isAwaited() {
        Thread thread = starting.get();
        return thread != null && thread.getState() == Thread.State.TIMED_WAITING;
    }
}
