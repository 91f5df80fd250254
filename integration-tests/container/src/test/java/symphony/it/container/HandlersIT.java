package symphony.it.container;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;
import static org.ops4j.pax.exam.CoreOptions.options;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
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
import org.osgi.framework.wiring.BundleWiring;
import symphony.api.dispatcher.EventDispatcher;
import symphony.api.dispatcher.HandlerState;
import symphony.api.dispatcher.SubscriptionView;
import symphony.api.event.Event;
import symphony.api.event.EventHandler;
import symphony.api.event.EventSystem;

/** Handlers arrive, change, are updated and leave, while events flow. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class HandlersIT {
    private static final int UPDATES = 50;
    private static final Duration DEADLINE = Duration.ofSeconds(120);

    @Inject
    private BundleContext context;

    @Inject
    private EventSystem events;

    @Inject
    private EventDispatcher dispatcher;

    private Received received;
    private final List<Bundle> installed = new ArrayList<>();

    @Configuration
    public Option[] product() throws IOException {
        return options(Product.bundles(HandlersIT.class));
    }

    @Before
    public void listen() {
        received = new Received(context);
    }

    @After
    public void removeWhatWasInstalled() throws BundleException {
        for (Bundle bundle : installed) {
            if (bundle.getState() != Bundle.UNINSTALLED) {
                bundle.uninstall();
            }
        }
        received.close();
    }

    @Test
    public void theFrameworkIsTheOneThatTheBuildNames() {
        assertEquals(System.getProperty("framework"), context.getBundle(0).getSymbolicName());
    }

    @Test
    public void everyBundleOfTheProductIsActive() {
        for (Bundle bundle : context.getBundles()) {
            boolean fragment = bundle.getHeaders().get("Fragment-Host") != null;
            assertTrue(bundle + " is in state " + bundle.getState(), fragment || bundle.getState() == Bundle.ACTIVE);
        }
    }

    @Test
    public void aHandlerBundleGetsEventsFromItsStartToItsStop() throws Exception {
        Bundle bundle = start("it.life", "1.0.0", "it/life/*");
        assertEquals(1, publish("it/life/a", 1));
        await().atMost(DEADLINE).until(() -> received.numbers().contains(1L));
        bundle.uninstall();
        assertEquals(0, publish("it/life/a", 2));
        assertEquals(Set.of(1L), received.numbers());
    }

    @Test
    public void changedPropertiesOfAServiceMoveItToOtherTopics() {
        Set<String> topics = ConcurrentHashMap.newKeySet();
        var properties =
                new Hashtable<String, Object>(Map.of("symphony.topics", "it/old", "symphony.subscription", "m"));
        EventHandler handler = delivery -> topics.add(delivery.topic());
        var registration = context.registerService(EventHandler.class, handler, properties);
        assertEquals(1, publish("it/old", 1));
        properties.put("symphony.topics", new String[] {"it/new/+"});
        registration.setProperties(properties);
        assertEquals(0, publish("it/old", 2));
        assertEquals(1, publish("it/new/a", 3));
        await().atMost(DEADLINE).until(() -> topics.equals(Set.of("it/old", "it/new/a")));
        registration.unregister();
    }

    @Test
    public void nothingIsLostAndNoClassLoaderIsKeptWhenABundleIsUpdatedFiftyTimesUnderLoad() throws Exception {
        Bundle bundle = start("it.updated", "1.0.0", "it/update");
        List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
        Set<Long> accepted;
        try (var publisher = new Publisher(context, "it/update")) {
            for (int i = 1; i <= UPDATES; i++) {
                loaders.add(new WeakReference<>(bundle.adapt(BundleWiring.class).getClassLoader()));
                publisher.awaitMore(10);
                bundle.update(HandlerJar.stream("it.updated", "1.0." + i, "it/update"));
                Refresh.of(context, List.of(bundle), DEADLINE);
            }
            await().atMost(DEADLINE).until(() -> received.versions().contains("1.0." + UPDATES));
            accepted = publisher.stop();
        }
        received.awaitAll(accepted, DEADLINE);
        assertTrue(
                "balanced: " + subscription("it.updated/counting"),
                subscription("it.updated/counting").queue().balanced());
        await("old class loaders collected")
                .atMost(60, SECONDS)
                .pollInterval(Duration.ofMillis(200))
                .until(() -> {
                    System.gc();
                    return loaders.stream().noneMatch(loader -> loader.get() != null);
                });
    }

    @Test
    public void theNewerOfTwoVersionsTakesOverAndTheOlderReturnsWhenItLeaves() throws Exception {
        start("it.versions", "1.0.0", "it/versions");
        publish("it/versions", 1);
        await().atMost(DEADLINE).until(() -> received.versions().contains("1.0.0"));
        received.clear();
        Bundle newer = start("it.versions", "1.1.0", "it/versions");
        assertEquals(1, publish("it/versions", 2));
        await().atMost(DEADLINE).until(() -> received.numbers().contains(2L));
        assertEquals(Set.of("1.1.0"), received.versions());
        assertTrue(dispatcher.handlers().stream()
                .anyMatch(h -> h.version().equals("1.0.0") && h.state() == HandlerState.SUPERSEDED));
        received.clear();
        newer.uninstall();
        await().atMost(DEADLINE).until(() -> {
            publish("it/versions", 3);
            return received.versions().contains("1.0.0");
        });
    }

    @Test
    public void aHandlerThatStopsItsOwnBundleDoesNotHang() throws Exception {
        var stopped = new CountDownLatch(1);
        Bundle bundle = start("it.leaver", "1.0.0", "it/leaver/other");
        EventHandler handler = delivery -> {
            bundle.stop();
            stopped.countDown();
        };
        bundle.getBundleContext()
                .registerService(
                        EventHandler.class,
                        handler,
                        new Hashtable<>(Map.of("symphony.topics", "it/leaver", "symphony.subscription", "self")));
        assertEquals(1, publish("it/leaver", 1));
        assertTrue("stop() returned", stopped.await(DEADLINE.toSeconds(), SECONDS));
        await().atMost(DEADLINE).until(() -> bundle.getState() == Bundle.RESOLVED);
    }

    @Test
    public void noCallStartsAfterUnregisterReturned() throws Exception {
        for (int round = 0; round < 50; round++) {
            var gone = new java.util.concurrent.atomic.AtomicBoolean();
            var late = new java.util.concurrent.atomic.AtomicBoolean();
            EventHandler handler = delivery -> late.compareAndSet(false, gone.get());
            var registration = context.registerService(
                    EventHandler.class,
                    handler,
                    new Hashtable<>(Map.of(
                            "symphony.topics",
                            "it/late",
                            "symphony.subscription",
                            "late" + round,
                            "symphony.grace",
                            "0")));
            for (int i = 0; i < 10; i++) {
                publish("it/late", i);
            }
            registration.unregister();
            gone.set(true);
            String identity = context.getBundle().getSymbolicName() + "/late" + round;
            await().atMost(DEADLINE)
                    .until(() -> dispatcher.subscriptions().stream()
                            .noneMatch(s -> s.identity().equals(identity)));
            assertFalse(late.get());
        }
    }

    @Test
    public void aHandlerWithABadPropertyIsListedWithTheReason() {
        var registration = context.registerService(
                EventHandler.class,
                (EventHandler) delivery -> {},
                new Hashtable<>(Map.of("symphony.topics", "it/bad", "symphony.filter", "(oops")));
        await().atMost(DEADLINE)
                .until(() -> dispatcher.handlers().stream()
                        .anyMatch(h ->
                                h.state() == HandlerState.REFUSED && h.reason().contains("(oops")));
        assertEquals(0, publish("it/bad", 1));
        registration.unregister();
    }

    private int publish(String topic, long number) {
        return events.publish(Event.on(topic).with("n", number).build())
                .orThrow()
                .accepted();
    }

    private Bundle start(String symbolicName, String version, String topics) throws BundleException {
        Bundle bundle =
                context.installBundle(symbolicName + "-" + version, HandlerJar.stream(symbolicName, version, topics));
        installed.add(bundle);
        bundle.start();
        return bundle;
    }

    private SubscriptionView subscription(String identity) {
        return dispatcher.subscriptions().stream()
                .filter(s -> s.identity().equals(identity))
                .findFirst()
                .orElseThrow();
    }
}
