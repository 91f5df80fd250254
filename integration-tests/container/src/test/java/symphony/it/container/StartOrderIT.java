package symphony.it.container;

import static org.awaitility.Awaitility.await;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.Test;
import org.osgi.framework.Bundle;

/**
 * The bundles of the core and of an application are stopped in any order and started in any other, some of the time installed
 * anew in a third one: the end is the same working system. So it is with those of security, where that is required.
 * {@code start.orders} says how many orders.
 */
public class StartOrderIT {
    private static final int ORDERS = Integer.getInteger("start.orders", 60);
    private static final int INSTALLED_ANEW = 4;

    /** As a property, to repeat a run, or its one order of which a failure told. */
    private final long seed = Long.getLong("start.order.seed", new Random().nextLong());

    @Test
    public void anyOrderOfStartEndsInTheSameWorkingSystem() throws Exception {
        System.out.println("StartOrderIT: to repeat these orders, -Dstart.order.seed=" + seed);
        var random = new Random();
        var system = new Embedded(StartOrderIT.class, random);
        try {
            check(system, random, ORDERS, true);
            system.assertNothingToWorryAbout();
        } finally {
            system.close();
        }
    }

    /**
     * What the log says is not looked at: where the audit trail is gone before what it is told of, or its keys are, or access
     * control is, they say so, and should.
     */
    @Test
    public void anyOrderOfStartEndsInTheSameWorkingSystemWhereSecurityIsRequired() throws Exception {
        System.out.println("StartOrderIT: to repeat these orders, -Dstart.order.seed=" + seed);
        var random = new Random();
        var system = new Embedded(StartOrderIT.class, random, Map.of("symphony.security", "required"));
        try {
            check(system, random, Math.max(1, ORDERS / 4), false);
        } finally {
            system.close();
        }
    }

    private void check(Embedded system, Random random, int orders, boolean quiet) throws Exception {
        Set<Thread> others = Thread.getAllStackTraces().keySet();
        List<Path> jars = new ArrayList<>(system.needed());
        jars.add(system.application());
        if (!quiet) {
            jars.addAll(system.accessControl());
            jars.add(Embedded.json());
            jars.addAll(Embedded.audit());
            jars.add(Product.artifact("symphony.users"));
        }
        List<Bundle> bundles = List.of();
        for (int number = 0; number < orders; number++) {
            random.setSeed(seed + number);
            var order = new Order(system, number, others, quiet);
            try {
                if (bundles.isEmpty() || random.nextInt(INSTALLED_ANEW) == 0) {
                    bundles = order.installAnew(bundles, jars);
                }
                order.check(bundles);
            } catch (Exception | AssertionError e) {
                throw new AssertionError(
                        "order " + number + " of -Dstart.order.seed=" + seed + "; it alone is the first one of "
                                + "-Dstart.order.seed=" + (seed + number) + "; " + order + "; " + e.getMessage(),
                        e);
            }
        }
    }

    /** One order, and what it leads to. */
    private static final class Order {
        private final Embedded system;
        private final Set<Thread> others;
        private final long first;
        private final List<String> steps = new ArrayList<>();
        private final int printed;
        private final boolean quiet;

        Order(Embedded system, int number, Set<Thread> others, boolean quiet) {
            this.quiet = quiet;
            this.system = system;
            this.others = others;
            this.first = 2L * number;
            this.printed = system.host().printed().length();
        }

        List<Bundle> installAnew(List<Bundle> old, List<Path> jars) throws Exception {
            // A thread may outlive the stop of its bundle for a moment, and want a class of it even then.
            await("threads of the core have ended")
                    .atMost(Embedded.DEADLINE)
                    .until(() -> Thread.getAllStackTraces().keySet().stream()
                            .noneMatch(thread -> thread.getName().startsWith("symphony-") && !others.contains(thread)));
            system.host().remove(old);
            assertEquals("bundles left", 1, system.host().context().getBundles().length);
            List<Bundle> bundles = system.host().install(jars);
            step("installed", bundles);
            return bundles;
        }

        void check(List<Bundle> bundles) throws Exception {
            assertFalse("ready before the start", system.isReady());
            List<Bundle> starting = system.host().shuffled(bundles);
            step("started", starting);
            for (Bundle bundle : starting) {
                bundle.start();
            }
            assertWorks(bundles);
            List<Bundle> stopping = system.host().shuffled(bundles);
            step("stopped", stopping);
            for (Bundle bundle : stopping) {
                bundle.stop();
            }
            for (Bundle bundle : bundles) {
                assertEquals(bundle.toString(), Bundle.RESOLVED, bundle.getState());
                assertNull(bundle + " leaves services", bundle.getRegisteredServices());
            }
            if (quiet) {
                assertEquals(List.of(), Embedded.worries(system.host().printed().substring(printed)));
            }
        }

        /** An event at once and one a moment later: each accepted once, handled once and counted once. */
        private void assertWorks(List<Bundle> bundles) {
            system.awaitReady();
            for (Bundle bundle : bundles) {
                assertEquals(bundle.toString(), Bundle.ACTIVE, bundle.getState());
            }
            system.awaitAccount(Embedded.allHandled(0));
            if (!quiet) {
                assertGuarded();
            }
            system.received().clear();
            assertEquals("subscriptions that took it", 1, system.publish(first, Duration.ZERO));
            system.publish(first + 1, Duration.ofMillis(1));
            await("both events are handled")
                    .atMost(Embedded.DEADLINE)
                    .until(() -> system.received().numbers().size() == 2);
            system.awaitAccount(Embedded.allHandled(2));
            assertEquals(Map.of(first, 1, first + 1, 1), system.received().times());
        }

        /** What guards is there, and its parts know of each other: what needs an entry can be done. */
        private void assertGuarded() {
            assertTrue("users", system.isThere("symphony.api.user.UserAccounts", null));
            await("the audit trail is written").atMost(Embedded.DEADLINE).until(() -> system.audits());
            assertTrue("permissions are checked", system.checks());
        }

        private void step(String what, List<Bundle> bundles) {
            steps.add(what + bundles.stream().map(Bundle::getSymbolicName).collect(Collectors.joining(" ", " ", "")));
        }

        @Override
        public String toString() {
            return String.join("; ", steps);
        }
    }
}
