package symphony.it.container;

import static org.awaitility.Awaitility.await;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static org.ops4j.pax.exam.CoreOptions.options;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.inject.Inject;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.condition.Condition;
import symphony.api.dispatcher.EventDispatcher;
import symphony.api.event.Event;
import symphony.api.event.EventHandler;
import symphony.api.event.EventSystem;
import symphony.api.event.Receipt;

/** Bundles of the core are restarted one by one under load: the system comes back by itself and nothing that waits is lost. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class RestartIT {
    private static final Duration DEADLINE = Duration.ofSeconds(120);
    private static final List<String> RESTARTED = List.of(
            "symphony.codec",
            "symphony.crypto",
            "symphony.scheduler",
            "symphony.dispatcher",
            "symphony.eventsystem",
            "symphony.shell",
            "symphony.rbac.weaver",
            "symphony.rbac",
            "symphony.audit",
            "symphony.users",
            "symphony.admission");

    /** The dispatcher and what it needs: with each of these it starts anew. */
    private static final List<String> DISPATCHING =
            List.of("symphony.codec", "symphony.crypto", "symphony.scheduler", "symphony.dispatcher");

    private static final int BACKLOG = 1_000;
    private static final String PAUSED = "it.paused/counting";
    private static final String PARKED = "it.parked/counting";

    @Inject
    private BundleContext context;

    @Inject
    private ConfigurationAdmin configurations;

    @Configuration
    public Option[] product() throws IOException {
        return options(Product.bundles(RestartIT.class));
    }

    @Test
    public void nothingIsLostWhenPartsOfTheCoreAreRestartedUnderLoad() throws Exception {
        Bundle handler = context.installBundle("it.restart", HandlerJar.stream("it.restart", "1.0.0", "it/restart"));
        handler.start();
        awaitReady();
        try (var received = new Received(context);
                var publisher = new Publisher(context, "it/restart")) {
            for (String name : RESTARTED) {
                publisher.awaitMore(100);
                restart(name);
            }
            publisher.awaitMore(100);
            Set<Long> accepted = publisher.stop();
            received.awaitAll(accepted, DEADLINE);
        } finally {
            handler.uninstall();
        }
    }

    /** Of a subscription that is paused, until the dispatcher starts anew, and of one whose handler is away, all the time. */
    @Test
    public void aBacklogOutlivesTheRestartOfEachPart() throws Exception {
        var log = new LogLines(configurations);
        var configuration = configurations.getConfiguration("symphony.dispatcher", "?");
        configuration.update(new Hashtable<>(Map.of("grace", "1h")));
        log.with("symphony.dispatcher: configuration is now", "grace=PT1H");
        awaitReady();
        Bundle paused = context.installBundle("it.paused", HandlerJar.stream("it.paused", "1.0.0", "it/backlog"));
        Bundle parked = context.installBundle("it.parked", HandlerJar.stream("it.parked", "1.0.0", "it/backlog"));
        try (var received = new Received(context)) {
            paused.start();
            parked.start();
            assertTrue(dispatcher().pause(PAUSED));
            parked.stop();
            for (long n = 1; n <= BACKLOG; n++) {
                Receipt receipt =
                        events().publish(Event.on("it/backlog").with("n", n).build());
                assertEquals(2, receipt.orThrow().accepted());
            }
            for (String name : RESTARTED) {
                if (!DISPATCHING.contains(name)) {
                    restart(name);
                    assertWait(name, PAUSED);
                    assertWait(name, PARKED);
                    assertEquals("nothing is handled after the restart of " + name, Map.of(), received.times());
                }
            }
            for (String name : DISPATCHING) {
                restart(name); // with the first of which the pause ends
                assertWait(name, PARKED);
            }
            await("what was paused")
                    .atMost(DEADLINE)
                    .until(() -> received.times().size() == BACKLOG);
            parked.start();
            await("what was parked").atMost(DEADLINE).until(() -> sum(received) >= 2 * BACKLOG);
            assertEquals(
                    "times that an event was handled",
                    Set.of(2),
                    Set.copyOf(received.times().values()));
        } finally {
            paused.uninstall();
            parked.uninstall();
            configuration.delete();
        }
    }

    private void assertWait(String restarted, String subscription) {
        await(subscription + " after the restart of " + restarted)
                .atMost(DEADLINE)
                .until(() -> waiting(subscription), waiting -> waiting == BACKLOG);
    }

    /** Due and delayed, with nobody; less than none as long as the dispatcher has not found it again. */
    private long waiting(String subscription) {
        return dispatcher().subscriptions().stream()
                .filter(view -> view.identity().equals(subscription))
                .mapToLong(view -> view.queue().waiting() + view.queue().delayed())
                .findFirst()
                .orElse(-1);
    }

    private static int sum(Received received) {
        return received.times().values().stream().mapToInt(Integer::intValue).sum();
    }

    private void restart(String name) throws Exception {
        bundle(name).stop();
        bundle(name).start();
        awaitReady();
    }

    private EventDispatcher dispatcher() {
        return context.getService(context.getServiceReference(EventDispatcher.class));
    }

    @Test
    public void aDelayedEventOutlivesARestartOfEachPart() throws Exception {
        Bundle handler = context.installBundle("it.delayed", HandlerJar.stream("it.delayed", "1.0.0", "it/delayed"));
        handler.start();
        awaitReady();
        try (var received = new Received(context)) {
            long number = 0;
            for (String name : RESTARTED) {
                Event event = Event.on("it/delayed").with("n", ++number).build();
                events().schedule(event, Duration.ofSeconds(1)).orThrow();
                restart(name);
            }
            long last = number;
            await().atMost(DEADLINE).until(() -> received.numbers().size() == last);
        } finally {
            handler.uninstall();
        }
    }

    /** The example's component publishes what it makes: it comes and goes with the event system, and its subscription stays. */
    @Test
    public void aHandlerThatReferencesTheEventSystemIsStillThereAfterEachRestart() throws Exception {
        Bundle orders = context.installBundle(Product.example("symphony.example.orders"));
        Set<String> invoiced = ConcurrentHashMap.newKeySet();
        var registration = context.registerService(
                EventHandler.class,
                (EventHandler) delivery -> invoiced.add(delivery.getString("customer")),
                new Hashtable<>(Map.of("symphony.topics", "orders/invoiced")));
        orders.start();
        try {
            for (String name : RESTARTED) {
                restart(name);
                Event order = Event.on("orders/new")
                        .with("customer", name)
                        .with("amount", 12)
                        .build();
                events().publish(order, Duration.ofSeconds(5)).orThrow();
                await("the order after the restart of " + name + " is invoiced")
                        .atMost(DEADLINE)
                        .until(() -> invoiced.contains(name));
            }
        } finally {
            registration.unregister();
            orders.uninstall();
        }
    }

    @Test
    public void theQueueBundleComesBackEmptyAndWorks() throws Exception {
        Bundle handler = context.installBundle("it.queue", HandlerJar.stream("it.queue", "1.0.0", "it/queue"));
        handler.start();
        awaitReady();
        bundle("symphony.queue").stop();
        bundle("symphony.queue").start();
        awaitReady();
        try (var received = new Received(context)) {
            Receipt receipt =
                    events().publish(Event.on("it/queue").with("n", 1L).build());
            assertEquals(receipt.toString(), 1, receipt.orThrow().accepted());
            await().atMost(DEADLINE).until(() -> received.numbers().contains(1L));
        } finally {
            handler.uninstall();
        }
    }

    @Test
    public void whatWaitsInMemoryIsLostWithTheQueueBundleAndTheLogSaysHowMuch() throws Exception {
        var log = new LogLines(configurations);
        awaitReady();
        // given: a call that runs, and four events that wait
        var entered = new CountDownLatch(1);
        var gate = new CountDownLatch(1);
        Set<Long> called = ConcurrentHashMap.newKeySet();
        EventHandler handler = delivery -> {
            called.add(delivery.getLong("n", -1));
            entered.countDown();
            gate.await();
        };
        var registration = context.registerService(
                EventHandler.class,
                handler,
                new Hashtable<>(Map.of("symphony.topics", "it/lost", "symphony.subscription", "lost")));
        try {
            for (long n = 0; n < 5; n++) {
                events().publish(Event.on("it/lost").with("n", n).build()).orThrow();
            }
            assertTrue(entered.await(DEADLINE.toSeconds(), TimeUnit.SECONDS));
            // when
            bundle("symphony.queue").stop();
            // then
            assertEquals(
                    1,
                    log.with("WARN", "/lost: stopped with 5 events that are lost")
                            .size());
            gate.countDown();
            bundle("symphony.queue").start();
            awaitReady();
            Event last = Event.on("it/lost").with("n", 5L).build();
            events().publish(last, Duration.ofSeconds(5)).orThrow();
            await().atMost(DEADLINE).until(() -> called.contains(5L));
            assertEquals("none of those that waited comes before it", Set.of(0L, 5L), called);
        } finally {
            gate.countDown();
            bundle("symphony.queue").start();
            registration.unregister();
        }
    }

    private void awaitReady() {
        await("symphony.ready")
                .atMost(DEADLINE)
                .until(() -> !context.getServiceReferences(Condition.class, "(osgi.condition.id=symphony.ready)")
                        .isEmpty());
    }

    private EventSystem events() {
        ServiceReference<EventSystem> reference = context.getServiceReference(EventSystem.class);
        assertTrue("the event system is registered", reference != null);
        return context.getService(reference);
    }

    private Bundle bundle(String symbolicName) {
        return Arrays.stream(context.getBundles())
                .filter(b -> symbolicName.equals(b.getSymbolicName()))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no bundle " + symbolicName));
    }
}
