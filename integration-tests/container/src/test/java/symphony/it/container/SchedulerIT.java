package symphony.it.container;

import static org.awaitility.Awaitility.await;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;
import static org.ops4j.pax.exam.CoreOptions.options;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import javax.inject.Inject;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.condition.Condition;
import symphony.api.dispatcher.EventDispatcher;
import symphony.api.event.Event;
import symphony.api.event.EventHandler;
import symphony.api.event.EventSystem;
import symphony.api.event.Refusal;
import symphony.api.event.Schedule;
import symphony.api.scheduler.EventScheduler;

/** Schedules and programmatic subscriptions of real bundles, and the condition that tells when publishing makes sense. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class SchedulerIT {
    private static final Duration DEADLINE = Duration.ofSeconds(120);
    private static final Duration HOUR = Duration.ofHours(1);

    @Inject
    private BundleContext context;

    @Inject
    private ConfigurationAdmin configurations;

    private final List<Bundle> installed = new ArrayList<>();

    @Configuration
    public Option[] product() throws IOException {
        return options(Product.bundles(SchedulerIT.class));
    }

    @Before
    public void begin() {
        awaitReady();
    }

    @After
    public void removeWhatWasInstalled() throws BundleException {
        for (Bundle bundle : installed) {
            if (bundle.getState() != Bundle.UNINSTALLED) {
                bundle.uninstall();
            }
        }
        assertEquals(0, scheduler().count());
    }

    @Test
    public void aBundlesSchedulesAreCancelledWhenItStops() throws Exception {
        var log = new LogLines(configurations);
        Bundle owner = start("it.owner");
        Bundle other = start("it.other");
        EventSystem events = events(owner);
        Schedule delayed = events.schedule(event("it/none", 1), HOUR).orThrow();
        Schedule at =
                events.schedule(event("it/none", 2), Instant.now().plus(HOUR)).orThrow();
        Schedule kept = events(other).schedule(event("it/none", 3), HOUR).orThrow();
        assertEquals("it.owner", delayed.owner());
        assertEquals(3, scheduler().count());
        owner.stop();
        assertEquals(Schedule.State.CANCELLED, delayed.state());
        assertEquals(Schedule.State.CANCELLED, at.state());
        assertEquals(Schedule.State.WAITING, kept.state());
        assertEquals(1, scheduler().count());
        assertEquals(
                1,
                log.with("it.owner has stopped", "2 events it had scheduled are cancelled")
                        .size());
        Schedule late = events.schedule(event("it/none", 4), HOUR);
        assertEquals(Refusal.Reason.CLOSED, late.refusal().orElseThrow().reason());
        assertEquals(1, scheduler().count());
    }

    @Test
    public void aBundleThatStopsWhileItsThreadsScheduleLeavesNothing() throws Exception {
        for (int round = 0; round < 10; round++) {
            Bundle owner = start("it.busy");
            EventSystem events = events(owner);
            Set<Schedule> taken = ConcurrentHashMap.newKeySet();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                threads.add(new Thread(() -> {
                    for (Schedule last = null; last == null || last.refusal().isEmpty(); taken.add(last)) {
                        last = events.schedule(event("it/none", 1), HOUR);
                    }
                }));
            }
            threads.forEach(Thread::start);
            await().atMost(DEADLINE).until(() -> taken.size() > 10);
            owner.stop();
            for (Thread thread : threads) {
                thread.join(DEADLINE.toMillis());
                assertFalse(thread.isAlive());
            }
            assertTrue(taken.stream().noneMatch(s -> s.state() == Schedule.State.WAITING));
            assertEquals(0, scheduler().count());
            owner.uninstall();
        }
    }

    @Test
    public void aRestartOfTheSchedulerLosesNothingAndLogsWhatWaitsByOwner() throws Exception {
        var log = new LogLines(configurations);
        Bundle owner = start("it.waiting", "it/waiting");
        Bundle schedulerBundle = bundle("symphony.scheduler");
        Set<Long> expected = new HashSet<>();
        try (var received = new Received(context)) {
            Schedule cancelled =
                    events(owner).schedule(event("it/waiting", -1), HOUR).orThrow();
            for (long n = 0; n < 500; n++) {
                EventSystem events = events(owner);
                Event event = event("it/waiting", n);
                Duration delay = Duration.ofMillis(n * 5);
                Schedule schedule = n % 2 == 0
                        ? events.schedule(event, delay)
                        : events.schedule(event, Instant.now().plus(delay));
                schedule.orThrow();
                expected.add(n);
                if (n % 100 == 99) {
                    schedulerBundle.stop();
                    Schedule refused = events.schedule(event("it/waiting", -2), HOUR);
                    assertEquals(
                            Refusal.Reason.UNAVAILABLE,
                            refused.refusal().orElseThrow().reason());
                    schedulerBundle.start();
                    awaitReady();
                }
            }
            assertTrue(cancelled.cancel());
            received.awaitAll(expected, DEADLINE);
            await().atMost(DEADLINE).until(() -> scheduler().count() == 0);
            assertEquals(expected, received.numbers());
        }
        assertFalse(log.with("scheduled events wait for it to come back", "it.waiting=")
                .isEmpty());
        assertFalse(log.with("back with ", " events that wait").isEmpty());
    }

    @Test
    public void whatIsDueWhileTheDispatcherIsAwayWaitsAndTheLogSaysSo() throws Exception {
        var log = new LogLines(configurations);
        Bundle owner = start("it.due", "it/due");
        try (var received = new Received(context)) {
            bundle("symphony.dispatcher").stop();
            EventSystem events = events(owner);
            events.schedule(event("it/due", 1), Duration.ofMillis(1)).orThrow();
            assertEquals(
                    1,
                    log.with("WARN symphony.scheduler: 1 events are due", "wait for the service of symphony.dispatcher")
                            .size());
            assertEquals(Set.of(), received.numbers());
            bundle("symphony.dispatcher").start();
            received.awaitAll(Set.of(1L), DEADLINE);
        }
    }

    @Test
    public void whatIsRefusedForTooLongIsNotPublishedAndTheLogSaysSo() throws Exception {
        var log = new LogLines(configurations);
        configurations.getConfiguration("symphony.scheduler", "?").update(new Hashtable<>(Map.of("retry.time", "0")));
        log.with("symphony.scheduler: configuration is now", "retry.time=PT0S");
        var gate = new CountDownLatch(1);
        EventHandler handler = delivery -> gate.await();
        var registration = context.registerService(
                EventHandler.class,
                handler,
                new Hashtable<>(Map.of("symphony.topics", "it/full", "symphony.capacity", 1)));
        try {
            assertEquals(1, publish("it/full", 1));
            // it may be refused before the call returns, so whether it was is asked below
            Schedule schedule = events(start("it.refused")).schedule(event("it/full", 2), Duration.ZERO);
            assertEquals(
                    1,
                    log.with("WARN", "on it/full, scheduled by it.refused, was not published", "FULL")
                            .size());
            assertEquals(Schedule.State.REFUSED, schedule.state());
        } finally {
            gate.countDown();
            registration.unregister();
            configurations.getConfiguration("symphony.scheduler", "?").delete();
        }
    }

    @Test
    public void whatAnOwnerLeftThatStoppedWhileTheSchedulerWasAwayIsCancelled() throws Exception {
        Bundle owner = start("it.left");
        Schedule schedule = events(owner).schedule(event("it/none", 1), HOUR).orThrow();
        bundle("symphony.scheduler").stop();
        owner.stop();
        assertEquals(Schedule.State.WAITING, schedule.state());
        bundle("symphony.scheduler").start();
        awaitReady();
        assertEquals(Schedule.State.CANCELLED, schedule.state());
    }

    @Test
    public void aProgrammaticSubscriptionEndsWithItsHandle() throws Exception {
        Bundle owner = start("it.handle");
        Set<Object> seen = ConcurrentHashMap.newKeySet();
        EventHandler handler = delivery -> seen.add(delivery.data().get("n"));
        var subscription = events(owner).subscribe("it/handle/*", handler);
        assertTrue(subscription.identity(), subscription.identity().startsWith("it.handle/"));
        assertEquals(1, publish("it/handle/a", 1));
        await().atMost(DEADLINE).until(() -> seen.contains(1L));
        subscription.close();
        assertEquals(0, publish("it/handle/a", 2));
        await().atMost(DEADLINE).until(() -> !isSubscribed(subscription.identity()));
        subscription.close();
        assertEquals(Set.of(1L), seen);
    }

    @Test
    public void aProgrammaticSubscriptionEndsWithItsBundle() throws Exception {
        Bundle owner = start("it.bundle");
        Set<Object> seen = ConcurrentHashMap.newKeySet();
        EventHandler handler = delivery -> seen.add(delivery.data().get("n"));
        EventSystem events = events(owner);
        var subscription = events.subscribe("it/bundle", handler);
        assertEquals(1, publish("it/bundle", 1));
        await().atMost(DEADLINE).until(() -> seen.contains(1L));
        owner.stop();
        assertEquals(0, publish("it/bundle", 2));
        await().atMost(DEADLINE).until(() -> !isSubscribed(subscription.identity()));
        String why = assertThrows(IllegalStateException.class, () -> events.subscribe("it/bundle", handler))
                .getMessage();
        assertTrue(why, why.contains("bundle it.bundle has stopped"));
        subscription.close();
        owner.start();
        assertEquals("it does not come back by itself", 0, publish("it/bundle", 3));
        assertEquals(Set.of(1L), seen);
    }

    @Test
    public void theConditionComesAndGoesWithThePartsBelow() throws Exception {
        for (String name : List.of("symphony.dispatcher", "symphony.scheduler", "symphony.crypto", "symphony.queue")) {
            Bundle part = bundle(name);
            part.stop();
            await(name + " stopped: not ready").atMost(DEADLINE).until(() -> !isReady());
            var receipt = events(context.getBundle()).publish(event("it/none", 1));
            boolean dispatches = context.getServiceReference(EventDispatcher.class) != null;
            assertEquals(name, dispatches, receipt.refusals().isEmpty());
            receipt.refusals().forEach(r -> assertEquals(Refusal.Reason.UNAVAILABLE, r.reason()));
            part.start();
            awaitReady();
            assertEquals(
                    1,
                    context.getServiceReferences(Condition.class, "(osgi.condition.id=symphony.ready)")
                            .size());
        }
        Bundle face = bundle("symphony.eventsystem");
        face.stop();
        assertFalse(isReady());
        face.start();
        awaitReady();
    }

    @Test
    public void aConditionTellsThatTheDispatcherStops() throws Exception {
        assertFalse(isDraining());
        var dispatcher = context.getServiceReference(EventDispatcher.class);
        context.getService(dispatcher).stop(Duration.ZERO);
        assertTrue(isDraining());
        assertTrue("a handler that waits for it would leave before it has finished", isReady());
        Bundle part = bundle("symphony.dispatcher");
        part.stop();
        assertFalse(isDraining());
        part.start();
        awaitReady();
        assertFalse(isDraining());
    }

    private boolean isDraining() throws Exception {
        return !context.getServiceReferences(Condition.class, "(osgi.condition.id=symphony.draining)")
                .isEmpty();
    }

    private int publish(String topic, long number) {
        return events(context.getBundle())
                .publish(event(topic, number))
                .orThrow()
                .accepted();
    }

    private static Event event(String topic, long number) {
        return Event.on(topic).with("n", number).build();
    }

    private Bundle start(String symbolicName) throws BundleException {
        return start(symbolicName, "it/nobody");
    }

    private Bundle start(String symbolicName, String topics) throws BundleException {
        Bundle bundle = context.installBundle(symbolicName, HandlerJar.stream(symbolicName, "1.0.0", topics));
        installed.add(bundle);
        bundle.start();
        return bundle;
    }

    /** The event system as that bundle sees it: publishes, subscribes and schedules in its name. */
    private static EventSystem events(Bundle caller) {
        BundleContext its = caller.getBundleContext();
        return its.getService(its.getServiceReference(EventSystem.class));
    }

    private EventScheduler scheduler() {
        ServiceReference<EventScheduler> reference = context.getServiceReference(EventScheduler.class);
        return context.getService(reference);
    }

    private boolean isSubscribed(String identity) {
        EventDispatcher dispatcher = context.getService(context.getServiceReference(EventDispatcher.class));
        return dispatcher.subscriptions().stream()
                .anyMatch(subscription -> subscription.identity().equals(identity));
    }

    private void awaitReady() {
        await("symphony.ready").atMost(DEADLINE).until(this::isReady);
    }

    private boolean isReady() throws InvalidSyntaxException {
        return !context.getServiceReferences(Condition.class, "(osgi.condition.id=symphony.ready)")
                .isEmpty();
    }

    private Bundle bundle(String symbolicName) {
        return Arrays.stream(context.getBundles())
                .filter(b -> symbolicName.equals(b.getSymbolicName()))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no bundle " + symbolicName));
    }
}
