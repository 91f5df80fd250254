package symphony.scheduler;

import static java.time.Duration.ofHours;
import static org.assertj.core.api.Assertions.assertThat;
import static symphony.scheduler.SchedulerRig.event;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.apache.felix.framework.FrameworkFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;
import symphony.api.event.Recurrence;
import symphony.api.event.Schedule;
import symphony.api.event.Schedule.State;

/** Bundles of a real framework stop while events that they scheduled wait. */
@Timeout(120)
final class OwnerWatchTest {
    @TempDir
    Path storage;

    private final SchedulerRig rig = new SchedulerRig();
    private final AtomicInteger containerStops = new AtomicInteger();
    private Framework framework;

    @BeforeEach
    void start() throws BundleException {
        framework = new FrameworkFactory()
                .newFramework(Map.of(Constants.FRAMEWORK_STORAGE, storage.toString(), "felix.log.level", "0"));
        framework.start();
        framework
                .getBundleContext()
                .addBundleListener(new OwnerWatch(
                        framework.getBundleContext(), rig.engine::ownerLeft, containerStops::incrementAndGet));
    }

    @AfterEach
    void stop() throws Exception {
        framework.stop();
        framework.waitForStop(10_000);
        rig.close();
    }

    private Bundle install(String name, String version) throws BundleException {
        Bundle bundle = framework
                .getBundleContext()
                .installBundle(name + version, new ByteArrayInputStream(jar(name, version)));
        bundle.start();
        return bundle;
    }

    /** Without a name it is a bundle of the framework's first days, whose manifests had none. */
    private static byte[] jar(String name, String version) {
        var manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        if (!name.isEmpty()) {
            main.putValue(Constants.BUNDLE_MANIFESTVERSION, "2");
            main.putValue(Constants.BUNDLE_SYMBOLICNAME, name);
            main.putValue(Constants.BUNDLE_VERSION, version);
        }
        var bytes = new ByteArrayOutputStream();
        try (var jar = new JarOutputStream(bytes, manifest)) {
            jar.finish();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return bytes.toByteArray();
    }

    private Schedule schedule(String owner) {
        return rig.engine.schedule(event("a"), owner, ofHours(1));
    }

    @Test
    void cancelsWhatABundleHasScheduledWhenItHasStopped() throws Exception {
        Bundle shop = install("shop", "1.0.0");
        Schedule own = schedule("shop");
        Schedule other = schedule("store");
        shop.stop();
        assertThat(own.state()).isEqualTo(State.CANCELLED);
        assertThat(other.state()).isEqualTo(State.WAITING);
    }

    @Test
    void leavesWhatIsKeptWithoutItsOwner() throws Exception {
        Bundle shop = install("shop", "1.0.0");
        var hourly = Recurrence.fixedRate(ofHours(1));
        Schedule ended = rig.engine.schedule(event("a"), "shop", hourly);
        Schedule kept = rig.engine.schedule(event("a"), "shop", hourly.keptWithoutOwner());
        shop.uninstall();
        assertThat(ended.state()).isEqualTo(State.CANCELLED);
        assertThat(kept.state()).isEqualTo(State.WAITING);
    }

    @Test
    void keepsItWhileAnotherVersionOfTheBundleIsActive() throws Exception {
        Bundle old = install("shop", "1.0.0");
        Bundle newer = install("shop", "1.1.0");
        Schedule schedule = schedule("shop");
        old.stop();
        assertThat(schedule.state()).isEqualTo(State.WAITING);
        newer.uninstall();
        assertThat(schedule.state()).isEqualTo(State.CANCELLED);
    }

    @Test
    void knowsBundlesWithoutANameByTheirNumber() throws Exception {
        Bundle nameless = install("", "");
        assertThat(nameless.getSymbolicName()).isNull();
        String owner = "bundle-" + nameless.getBundleId();
        Schedule schedule = schedule(owner);
        assertThat(OwnerWatch.isActive(framework.getBundleContext(), owner, null))
                .isTrue();
        nameless.stop();
        assertThat(schedule.state()).isEqualTo(State.CANCELLED);
        assertThat(OwnerWatch.isActive(framework.getBundleContext(), owner, null))
                .isFalse();
    }

    @Test
    void cancelsNothingWhenTheContainerStops() throws Exception {
        install("shop", "1.0.0");
        Schedule schedule = schedule("shop");
        framework.stop();
        framework.waitForStop(10_000);
        assertThat(containerStops).hasValue(1);
        assertThat(schedule.state()).isEqualTo(State.WAITING);
    }
}
