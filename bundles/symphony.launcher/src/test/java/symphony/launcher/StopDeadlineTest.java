package symphony.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.felix.framework.FrameworkFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.launch.Framework;

@Timeout(120)
class StopDeadlineTest {
    private final CountDownLatch release = new CountDownLatch(1);
    private final CountDownLatch halted = new CountDownLatch(1);
    private final List<String> lines = new CopyOnWriteArrayList<>();

    @TempDir
    Path folder;

    private Framework framework;
    private Bundle stubborn;

    @BeforeEach
    void startAFrameworkWithABundleThatHoldsTheStop() throws Exception {
        System.getProperties().put(StubbornActivator.LATCH, release);
        framework = new FrameworkFactory()
                .newFramework(Map.of(
                        "org.osgi.framework.storage", folder.resolve("cache").toString()));
        framework.init();
        Path jar = TestJar.bundle(folder.resolve("stubborn.jar"), "test.stubborn", StubbornActivator.class);
        stubborn = framework.getBundleContext().installBundle(jar.toUri().toString());
        stubborn.start();
    }

    @AfterEach
    void stopTheFramework() throws Exception {
        release.countDown();
        framework.stop();
        framework.waitForStop(0);
        System.getProperties().remove(StubbornActivator.LATCH);
    }

    @Test
    void endsTheProcessIfABundleHoldsTheStopAndNamesIt() throws Exception {
        StopDeadline deadline = deadlineOf(50);
        framework.start();
        new Thread(this::stopTheBundle).start();
        while (stubborn.getState() != Bundle.STOPPING) { // from then on it holds also the stop of the framework
            Thread.onSpinWait();
        }

        framework.stop();

        assertThat(halted.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(deadline.hasBegun()).isTrue();
        assertThat(lines).containsExactly("not stopped within 50 ms, held by test.stubborn; ending the process");
    }

    @Test
    void endsTheProcessIfTheStopIsAskedForByTheShutdownHook() throws Exception {
        StopDeadline deadline = deadlineOf(50);
        framework.start();

        new Thread(deadline::stop).start();

        assertThat(halted.await(60, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void leavesAStopInTimeAlone() throws Exception {
        StopDeadline deadline = deadlineOf(60_000);
        framework.start();
        assertThat(deadline.hasBegun()).isFalse();
        release.countDown();

        deadline.stop();

        assertThat(framework.waitForStop(1).getType()).isEqualTo(FrameworkEvent.STOPPED);
        assertThat(halted.getCount()).isEqualTo(1);
        assertThat(lines).isEmpty();
    }

    private void stopTheBundle() {
        try {
            stubborn.stop();
        } catch (BundleException e) {
            throw new IllegalStateException(e);
        }
    }

    private StopDeadline deadlineOf(long millis) {
        var deadline = new StopDeadline(framework, millis, lines::add, halted::countDown);
        deadline.listen();
        return deadline;
    }
}
