package symphony.it.container;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import symphony.it.handler.ConfiguringActivator;

/** In a framework with the bundles that the README names for a host of the reader's own, and no other. */
public class EmbeddedIT {
    private static final String COMMANDS = "(osgi.command.scope=symphony)";
    private static final long MIB = 1 << 20;

    /** As a property, to repeat the order of a run. */
    private final long seed = Long.getLong("embedded.seed", new Random().nextLong());

    private Embedded system;

    @Before
    public void startAnEmptyHost() throws IOException, BundleException {
        System.out.println("EmbeddedIT: to repeat the order of this run, -Dembedded.seed=" + seed);
        system = new Embedded(EmbeddedIT.class, new Random(seed));
    }

    @After
    public void stop() throws BundleException, InterruptedException {
        system.close();
    }

    @Test
    public void whatTheReadmeNamesIsEnoughInAnyOrderOfStart() throws Exception {
        system.startWhatIsNeeded();
        var context = system.host().context();
        assertEquals(System.getProperty("framework"), context.getBundle(0).getSymbolicName());
        assertNull(context.getServiceReference("org.osgi.service.cm.ConfigurationAdmin"));
        for (Bundle bundle : context.getBundles()) {
            assertEquals(bundle.toString(), Bundle.ACTIVE, bundle.getState());
        }
        assertEquals("subscriptions that took it", 1, system.publish(1, Duration.ZERO));
        awaitHandled(1);
        system.publish(2, Duration.ofMillis(300));
        awaitHandled(2);
        try (Stream<Path> keys = Files.list(system.home().resolve("keys"))) {
            assertTrue("keys lie in " + system.home(), keys.findAny().isPresent());
        }
        assertFalse("state elsewhere", Files.exists(Path.of("symphony-data")));
        system.assertNothingToWorryAbout();
    }

    private void awaitHandled(long number) {
        await("event " + number + " is handled")
                .atMost(Embedded.DEADLINE)
                .until(() -> system.received().numbers().contains(number));
    }

    private List<Path> optional() throws IOException {
        List<Path> jars = new ArrayList<>(system.shell());
        jars.add(Product.artifact("org.apache.felix.configadmin"));
        jars.add(Product.artifact("org.apache.felix.metatype"));
        return jars;
    }

    /** Whatever its type is to the system bundle, which does not share it: asked for one reference, that bundle gets null. */
    private ServiceReference<?> eventSystem() throws InvalidSyntaxException {
        ServiceReference<?>[] all =
                system.host().context().getAllServiceReferences("symphony.api.event.EventSystem", null);
        assertTrue("the event system is there", all != null);
        return all[0];
    }

    private Path configuring(long memoryBytes) throws IOException {
        return Files.write(
                system.home().resolveSibling("configuring.jar"),
                HandlerJar.of(
                        ConfiguringActivator.class,
                        "it.configuring",
                        Map.of(
                                "Import-Package",
                                "org.osgi.framework,org.osgi.service.cm",
                                "Memory-Bytes",
                                Long.toString(memoryBytes))));
    }

    @Test
    public void optionalNeighboursComeAndGoWhileEventsFlow() throws Exception {
        system.startWhatIsNeeded();
        ServiceReference<?> before = eventSystem();
        try (var flow = new Flow()) {
            flow.awaitMore(100);
            List<Bundle> neighbours = system.host().add(optional());
            // A second time, since what comes back may find traces of its first visit.
            for (long memoryBytes : List.of(7 * MIB, 8 * MIB)) {
                for (Bundle bundle : system.host().shuffled(neighbours)) {
                    bundle.start();
                }
                flow.awaitMore(100);
                List<Bundle> configuring = system.host().add(List.of(configuring(memoryBytes)));
                await("the configuration is applied")
                        .atMost(Embedded.DEADLINE)
                        .until(() -> system.service(LongSupplier.class).getAsLong() == memoryBytes);
                await("commands").atMost(Embedded.DEADLINE).until(() -> system.isThere(null, COMMANDS));
                configuring.get(0).uninstall();
                for (Bundle bundle : system.host().shuffled(neighbours)) {
                    bundle.stop();
                    flow.awaitMore(100);
                }
                assertFalse("commands", system.isThere(null, COMMANDS));
            }
            for (Bundle bundle : system.host().shuffled(neighbours)) {
                bundle.uninstall();
                flow.awaitMore(100);
            }
            system.received().awaitAll(flow.stop(), Embedded.DEADLINE);
        }
        assertTrue("ready", system.isReady());
        assertSame("the event system, never restarted", before, eventSystem());
        system.assertNothingToWorryAbout();
    }

    /** Publishes numbers at a steady pace, all of which must be taken, until it is closed. */
    private final class Flow implements AutoCloseable {
        private static final long PAUSE_NANOS = 200_000;

        private final Set<Long> published = ConcurrentHashMap.newKeySet();
        private final AtomicBoolean open = new AtomicBoolean(true);
        private final FutureTask<Void> task = new FutureTask<>(this::run, null);

        Flow() {
            new Thread(task, "flow").start();
        }

        private void run() {
            for (long number = 1_000; open.get(); number++) {
                assertEquals("subscriptions that took event " + number, 1, system.publish(number, Duration.ZERO));
                published.add(number);
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }

        /** Waits until this many more were handled, or fails with what publishing met instead. */
        void awaitMore(int events) {
            int before = system.received().numbers().size();
            await("events go on")
                    .atMost(Embedded.DEADLINE)
                    .pollInterval(Duration.ofMillis(10))
                    .failFast("publishing failed", task::isDone)
                    .until(() -> system.received().numbers().size() > before + events);
        }

        /** All that were taken; fails with what publishing met, if it did. */
        Set<Long> stop() throws Exception {
            close();
            task.get(Embedded.DEADLINE.toSeconds(), SECONDS);
            return published;
        }

        @Override
        public void close() {
            open.set(false);
        }
    }
}
