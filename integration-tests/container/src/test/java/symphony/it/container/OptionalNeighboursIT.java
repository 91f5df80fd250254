package symphony.it.container;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleException;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import symphony.it.handler.CommandActivator;
import symphony.it.handler.ConfiguringActivator;
import symphony.it.handler.LogActivator;
import symphony.it.handler.VisitorActivator;

/**
 * ConfigAdmin, the shell, a log service, access control and the audit trail come to a host without them, do their work, leave
 * and come again, while events flow: nothing of the core is restarted, and nothing is lost, handled twice or complained of.
 */
public class OptionalNeighboursIT {
    private static final int STEPS = Integer.getInteger("neighbours.steps", 16);
    private static final String COMMANDS = "(osgi.command.scope=symphony)";
    private static final String VISITOR = "it.visitor has stopped, 1 events it had scheduled are cancelled";
    private static final List<String> CORE = List.of(
            "symphony.api.event.EventSystem",
            "symphony.api.dispatcher.EventDispatcher",
            "symphony.api.queue.QueueProvider",
            "symphony.api.crypto.EventSealer",
            "symphony.api.scheduler.Timer");
    private static final long MIB = 1 << 20;

    /** As a property, to repeat the order of a run. */
    private final long seed = Long.getLong("neighbours.seed", new Random().nextLong());

    private final Random random = new Random(seed);
    private Embedded system;
    private Map<String, ServiceReference<?>> core;
    private long memoryMib = 64;

    @Before
    public void startWhatIsNeeded() throws Exception {
        System.out.println("OptionalNeighboursIT: to repeat the order of this run, -Dneighbours.seed=" + seed);
        system = new Embedded(OptionalNeighboursIT.class, random);
        system.startWhatIsNeeded();
        system.host().add(List.of(Embedded.json())); // of which two of the neighbours make use
        core = core();
    }

    @After
    public void stop() throws BundleException, InterruptedException {
        system.close();
    }

    @Test
    public void configAdminComesAndGoesWhileEventsFlow() throws Exception {
        comesAndGoesTwice(new Configuration());
    }

    @Test
    public void theShellComesAndGoesWhileEventsFlow() throws Exception {
        comesAndGoesTwice(new Shell());
    }

    @Test
    public void aLogServiceComesAndGoesWhileEventsFlow() throws Exception {
        comesAndGoesTwice(new Log());
    }

    @Test
    public void accessControlComesAndGoesWhileEventsFlow() throws Exception {
        comesAndGoesTwice(new AccessControl());
    }

    @Test
    public void theAuditTrailComesAndGoesWhileEventsFlow() throws Exception {
        comesAndGoesTwice(new Audit());
    }

    private void comesAndGoesTwice(Neighbour neighbour) throws Exception {
        try (var flow = new Flow()) {
            // A second time, since what comes back may find traces of its first visit.
            for (int visit = 0; visit < 2; visit++) {
                flow.awaitMore(100);
                neighbour.come(flow);
                neighbour.work();
                flow.awaitMore(100);
                neighbour.leave(flow);
            }
            assertNothingHappenedTo(flow);
        }
    }

    /** At each step one of them, by chance, comes or goes; whoever is there then does his work. */
    @Test
    public void allOfThemComeAndGoInAnyOrderWhileEventsFlow() throws Exception {
        List<Neighbour> neighbours =
                List.of(new Configuration(), new Shell(), new Log(), new AccessControl(), new Audit());
        try (var flow = new Flow()) {
            for (int step = 0; step < STEPS; step++) {
                Neighbour next = neighbours.get(random.nextInt(neighbours.size()));
                if (next.isHere()) {
                    next.leave(flow);
                } else {
                    next.come(flow);
                }
                for (Neighbour neighbour : system.host().shuffled(neighbours)) {
                    if (neighbour.isHere()) {
                        neighbour.work();
                    }
                }
                flow.awaitMore(100);
            }
            assertNothingHappenedTo(flow);
        }
    }

    private void assertNothingHappenedTo(Flow flow) throws Exception {
        Set<Long> accepted = flow.stop();
        system.received().awaitAll(accepted, Embedded.DEADLINE);
        system.awaitAccount(Embedded.allHandled(accepted.size()));
        assertEquals(
                accepted.stream().collect(Collectors.toMap(number -> number, number -> 1)),
                system.received().times());
        assertTrue("ready", system.isReady());
        for (var service : core().entrySet()) {
            assertSame(service.getKey() + ", never restarted", core.get(service.getKey()), service.getValue());
        }
        system.assertNothingToWorryAbout();
    }

    /** All of them, whatever the types are to the system bundle: it shares none of them. */
    private Map<String, ServiceReference<?>> core() throws InvalidSyntaxException {
        var services = new HashMap<String, ServiceReference<?>>();
        for (String type : CORE) {
            ServiceReference<?>[] found = system.host().context().getAllServiceReferences(type, null);
            assertTrue(type + " is there", found != null);
            services.put(type, found[0]);
        }
        return services;
    }

    // ---- the neighbours ----

    /** One of them: what it consists of, and what it is good for. */
    private abstract class Neighbour {
        private final List<Path> jars;
        private List<Bundle> bundles = List.of();

        Neighbour(List<Path> jars) {
            this.jars = jars;
        }

        boolean isHere() {
            return !bundles.isEmpty();
        }

        void come(Flow flow) throws Exception {
            bundles = add(jars);
            flow.awaitMore(100);
        }

        /** Does what is expected of it as long as it is here. */
        abstract void work() throws Exception;

        /** Its services went with it. */
        abstract void assertGone() throws Exception;

        void leave(Flow flow) throws Exception {
            for (Bundle bundle : system.host().shuffled(bundles)) {
                bundle.stop();
                flow.awaitMore(100);
            }
            remove(bundles);
            bundles = List.of();
            assertGone();
            flow.awaitMore(100);
        }

        List<Bundle> add(List<Path> coming) throws Exception {
            return system.host().add(coming);
        }

        void remove(List<Bundle> leaving) throws Exception {
            system.host().remove(leaving);
        }

        /** Runs a bundle of the test's own and removes it. */
        void with(
                Class<? extends BundleActivator> activator, String imports, Map<String, String> headers, Action action)
                throws Exception {
            String name =
                    "it." + activator.getSimpleName().replace("Activator", "").toLowerCase(Locale.ROOT);
            var all = new HashMap<>(headers);
            all.put("Import-Package", "org.osgi.framework," + imports);
            Path jar = Files.write(system.home().resolveSibling(name + ".jar"), HandlerJar.of(activator, name, all));
            List<Bundle> helper = system.host().add(List.of(jar));
            action.run();
            system.host().remove(helper);
        }
    }

    private interface Action {
        void run() throws Exception;
    }

    /**
     * Stopped and started again, not uninstalled: SCR imports its packages dynamically, so that a refresh of the two would have
     * the framework restart SCR, and with it the whole core.
     */
    private final class Configuration extends Neighbour {
        private List<Bundle> stopped = List.of();

        Configuration() throws IOException {
            super(List.of(
                    Product.artifact("org.apache.felix.configadmin"), Product.artifact("org.apache.felix.metatype")));
        }

        @Override
        List<Bundle> add(List<Path> coming) throws Exception {
            if (stopped.isEmpty()) {
                return super.add(coming);
            }
            for (Bundle bundle : system.host().shuffled(stopped)) {
                bundle.start();
            }
            return stopped;
        }

        @Override
        void remove(List<Bundle> leaving) {
            stopped = leaving;
        }

        /** A value that was not there before takes effect. */
        @Override
        void work() throws Exception {
            long bytes = ++memoryMib * MIB;
            with(
                    ConfiguringActivator.class,
                    "org.osgi.service.cm",
                    Map.of("Memory-Bytes", Long.toString(bytes)),
                    () -> await("the configuration is applied")
                            .atMost(Embedded.DEADLINE)
                            .until(() -> system.service(LongSupplier.class).getAsLong() == bytes));
        }

        @Override
        void assertGone() {
            assertFalse("ConfigAdmin", system.isThere("org.osgi.service.cm.ConfigurationAdmin", null));
        }
    }

    private final class Shell extends Neighbour {
        Shell() throws IOException {
            super(system.shell());
        }

        @Override
        @SuppressWarnings("unchecked")
        void work() throws Exception {
            await("commands").atMost(Embedded.DEADLINE).until(() -> system.isThere(null, COMMANDS));
            with(CommandActivator.class, "org.apache.felix.service.command", Map.of(), () -> {
                Function<String, String> shell = system.service(Function.class);
                String shown = shell.apply("symphony:subscriptions --json");
                assertTrue(shown, shown.contains("it.application/application") && shown.contains("ACTIVE"));
            });
        }

        @Override
        void assertGone() {
            assertFalse("commands", system.isThere(null, COMMANDS));
        }
    }

    private final class Log extends Neighbour {
        private final Set<String> entries = ConcurrentHashMap.newKeySet();

        Log() throws IOException {
            super(List.of(Product.artifact("pax-logging-log4j2")));
        }

        /** What our bundles log comes to whoever reads the log service. */
        @Override
        void work() throws Exception {
            entries.clear();
            Consumer<String> told = entries::add;
            var registration = system.host().context().registerService(Consumer.class, told, null);
            with(LogActivator.class, "org.osgi.service.log", Map.of(), () -> {
                visit();
                await("an entry of the scheduler among " + entries)
                        .atMost(Embedded.DEADLINE)
                        .until(() ->
                                entries.stream().anyMatch(entry -> entry.endsWith("symphony.scheduler: " + VISITOR)));
            });
            registration.unregister();
        }

        /** What they log is printed again. */
        @Override
        void assertGone() throws Exception {
            // Not the standard one, which Equinox itself has, too.
            assertFalse("log service", system.isThere("org.ops4j.pax.logging.PaxLoggingService", null));
            int before = system.host().printed().length();
            visit();
            await("a line of the scheduler")
                    .atMost(Embedded.DEADLINE)
                    .until(() -> system.host().printed().substring(before).contains(VISITOR));
        }

        private void visit() throws Exception {
            with(VisitorActivator.class, "symphony.api.event", Map.of(), () -> {});
        }
    }

    private final class AccessControl extends Neighbour {
        AccessControl() throws IOException {
            super(system.accessControl());
        }

        @Override
        void work() {
            assertTrue("what its policy forbids is denied", system.checks());
        }

        @Override
        void assertGone() {
            assertFalse("access control", system.isThere("symphony.api.rbac.AccessControl", null));
        }
    }

    private final class Audit extends Neighbour {
        Audit() throws IOException {
            super(Embedded.audit());
        }

        @Override
        void work() {
            await("entries are taken").atMost(Embedded.DEADLINE).until(system::audits);
        }

        @Override
        void assertGone() {
            assertFalse("the audit trail", system.isThere("symphony.api.audit.AuditTrail", null));
        }
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
                    .failFast("publishing failed", () -> {
                        if (task.isDone()) {
                            task.get();
                        }
                    })
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
