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
import java.util.function.ToIntBiFunction;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import symphony.it.handler.ApplicationActivator;
import symphony.it.handler.ConfiguringActivator;

/** In a framework with the bundles that the README names for a host of the reader's own, and no other. */
public class EmbeddedIT {
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final String HEADING = "Embed it in your own OSGi host";
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private static final Pattern BAD = Pattern.compile("(?m)^.*\\b(WARN|WARNING|ERROR|SEVERE|Exception)\\b.*$");
    private static final String COMMANDS = "(osgi.command.scope=symphony)";
    private static final long MIB = 1 << 20;

    /** As a property, to repeat the order of a run. */
    private final long seed = Long.getLong("embedded.seed", new Random().nextLong());

    private Map<String, String> table;
    private Path folder;
    private Path home;
    private Host host;
    private Received received;

    @Before
    public void startAnEmptyHost() throws IOException, BundleException {
        System.out.println("EmbeddedIT: to repeat the order of this run, -Dembedded.seed=" + seed);
        table = Readme.of(Path.of(System.getProperty("readme"))).table(HEADING);
        folder = Product.folder(EmbeddedIT.class);
        home = folder.resolve("home");
        host = new Host(folder, home, new Random(seed));
        received = new Received(host.context());
    }

    @After
    public void stop() throws BundleException, InterruptedException {
        host.close();
    }

    // ---- the table ----

    /** The artifacts that each host needs; of two to choose from the first. */
    private List<Path> needed() throws IOException {
        assertTrue("rows of the README's table: " + table, table.size() >= 4 && table.containsKey("optional"));
        List<Path> jars = new ArrayList<>();
        for (var row : table.entrySet()) {
            if (!row.getKey().equals("optional")) {
                jars.addAll(artifacts(row.getValue().split("; or ")[0]));
            }
        }
        return jars;
    }

    /** The artifacts that a host may have or not; those that the README does not call by their own name are Felix'. */
    private List<Path> optional() throws IOException {
        String row = table.get("optional");
        assertTrue(row, row.startsWith("ConfigAdmin and Metatype;"));
        List<Path> jars = new ArrayList<>(artifacts(row));
        jars.add(Product.artifact("org.apache.felix.configadmin"));
        jars.add(Product.artifact("org.apache.felix.metatype"));
        return jars;
    }

    private static List<Path> artifacts(String cell) throws IOException {
        List<String> names = CODE.matcher(cell)
                .results()
                .map(found -> found.group(1))
                .map(name -> name.startsWith(".") ? "symphony" + name : name)
                .toList();
        assertFalse("artifacts in " + cell, names.isEmpty());
        List<Path> jars = new ArrayList<>();
        for (String name : names) {
            jars.add(Product.artifact(name));
        }
        return jars;
    }

    // ---- the application ----

    private Path application() throws IOException {
        return Files.write(
                folder.resolve("application.jar"),
                HandlerJar.of(
                        ApplicationActivator.class,
                        "it.application",
                        Map.of("Import-Package", "org.osgi.framework,symphony.api.event,symphony.api.queue")));
    }

    private Path configuring(long memoryBytes) throws IOException {
        return Files.write(
                folder.resolve("configuring.jar"),
                HandlerJar.of(
                        ConfiguringActivator.class,
                        "it.configuring",
                        Map.of(
                                "Import-Package",
                                "org.osgi.framework,org.osgi.service.cm",
                                "Memory-Bytes",
                                Long.toString(memoryBytes))));
    }

    private void startWhatIsNeeded() throws Exception {
        List<Path> jars = new ArrayList<>(needed());
        jars.add(application());
        List<Bundle> bundles = host.add(jars);
        assertEquals(
                "bundles beside the framework", bundles.size(), host.context().getBundles().length - 1);
        await("symphony.ready").atMost(DEADLINE).until(this::isReady);
    }

    private boolean isReady() {
        return isThere("org.osgi.service.condition.Condition", "(osgi.condition.id=symphony.ready)");
    }

    private boolean isThere(String type, String filter) {
        try {
            return host.context().getAllServiceReferences(type, filter) != null;
        } catch (InvalidSyntaxException e) {
            throw new AssertionError(e);
        }
    }

    private <T> T service(Class<T> type) {
        return host.context().getService(host.context().getServiceReference(type));
    }

    /** How many subscriptions took it. */
    @SuppressWarnings("unchecked")
    private int publish(long number, Duration delay) {
        return service(ToIntBiFunction.class).applyAsInt(number, delay);
    }

    private void awaitHandled(long number) {
        await("event " + number + " is handled")
                .atMost(DEADLINE)
                .until(() -> received.numbers().contains(number));
    }

    /** Stops the host, which is part of what must be quiet, and looks at all that it logged. */
    private void assertNothingToWorryAbout() throws Exception {
        host.stop();
        String log = host.printed();
        assertTrue("logs to standard output:\n" + log, log.contains("symphony.queue"));
        assertEquals(
                log,
                List.of(),
                BAD.matcher(log).results().map(MatchResult::group).toList());
    }

    @Test
    public void whatTheReadmeNamesIsEnoughInAnyOrderOfStart() throws Exception {
        startWhatIsNeeded();
        assertEquals(
                System.getProperty("framework"), host.context().getBundle(0).getSymbolicName());
        assertNull(host.context().getServiceReference("org.osgi.service.cm.ConfigurationAdmin"));
        for (Bundle bundle : host.context().getBundles()) {
            assertEquals(bundle.toString(), Bundle.ACTIVE, bundle.getState());
        }
        assertEquals("subscriptions that took it", 1, publish(1, Duration.ZERO));
        awaitHandled(1);
        publish(2, Duration.ofMillis(300));
        awaitHandled(2);
        try (Stream<Path> keys = Files.list(home.resolve("keys"))) {
            assertTrue("keys lie in " + home, keys.findAny().isPresent());
        }
        assertFalse("state elsewhere", Files.exists(Path.of("symphony-data")));
        assertNothingToWorryAbout();
    }

    @Test
    public void optionalNeighboursComeAndGoWhileEventsFlow() throws Exception {
        startWhatIsNeeded();
        ServiceReference<?> before = host.context().getServiceReference("symphony.api.event.EventSystem");
        try (var flow = new Flow()) {
            flow.awaitMore(100);
            List<Bundle> neighbours = host.add(optional());
            // A second time, since what comes back may find traces of its first visit.
            for (long memoryBytes : List.of(7 * MIB, 8 * MIB)) {
                for (Bundle bundle : host.shuffled(neighbours)) {
                    bundle.start();
                }
                flow.awaitMore(100);
                List<Bundle> configuring = host.add(List.of(configuring(memoryBytes)));
                await("the configuration is applied")
                        .atMost(DEADLINE)
                        .until(() -> service(LongSupplier.class).getAsLong() == memoryBytes);
                await("commands").atMost(DEADLINE).until(() -> isThere(null, COMMANDS));
                configuring.get(0).uninstall();
                for (Bundle bundle : host.shuffled(neighbours)) {
                    bundle.stop();
                    flow.awaitMore(100);
                }
                assertFalse("commands", isThere(null, COMMANDS));
            }
            for (Bundle bundle : host.shuffled(neighbours)) {
                bundle.uninstall();
                flow.awaitMore(100);
            }
            received.awaitAll(flow.stop(), DEADLINE);
        }
        assertTrue("ready", isReady());
        assertSame(
                "the event system, never restarted",
                before,
                host.context().getServiceReference("symphony.api.event.EventSystem"));
        assertNothingToWorryAbout();
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
                assertEquals("subscriptions that took event " + number, 1, publish(number, Duration.ZERO));
                published.add(number);
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }

        /** Waits until this many more were handled, or fails with what publishing met instead. */
        void awaitMore(int events) {
            int before = received.numbers().size();
            await("events go on")
                    .atMost(DEADLINE)
                    .pollInterval(Duration.ofMillis(10))
                    .failFast("publishing failed", task::isDone)
                    .until(() -> received.numbers().size() > before + events);
        }

        /** All that were taken; fails with what publishing met, if it did. */
        Set<Long> stop() throws Exception {
            close();
            task.get(DEADLINE.toSeconds(), SECONDS);
            return published;
        }

        @Override
        public void close() {
            open.set(false);
        }
    }
}
