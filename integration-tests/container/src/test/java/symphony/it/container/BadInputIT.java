package symphony.it.container;

import static org.awaitility.Awaitility.await;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;
import static org.ops4j.pax.exam.CoreOptions.frameworkProperty;
import static org.ops4j.pax.exam.CoreOptions.options;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import javax.inject.Inject;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.junit.function.ThrowingRunnable;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.cm.ConfigurationAdmin;
import symphony.api.dispatcher.EventDispatcher;
import symphony.api.dispatcher.HandlerState;
import symphony.api.dispatcher.HandlerView;
import symphony.api.event.Event;
import symphony.api.event.EventHandler;
import symphony.api.event.EventSystem;
import symphony.api.event.Subscription;
import symphony.api.event.TypedHandler;
import symphony.api.scheduler.EventScheduler;
import symphony.it.handler.OrderActivator;
import symphony.it.handler.OrderHandler;

/** Whatever is wrong gets one clear error that says what, where and how to mend; and a good handler goes on as if nothing were. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class BadInputIT {
    private static final Duration DEADLINE = Duration.ofSeconds(120);

    /** What declarative services read of the handler's component. */
    private static final String COMPONENT = """
            <component xmlns="http://www.osgi.org/xmlns/scr/v1.3.0" name="%1$s">
              <property name="symphony.topics" value="it/bad/orders"/>
              <property name="symphony.subscription" value="orders"/>
              <property name="symphony.grace" value="5m"/>
              <service><provide interface="%2$s"/></service>
              <implementation class="%1$s"/>
            </component>
            """.formatted(OrderHandler.class.getName(), TypedHandler.class.getName());

    private static final Duration SECOND = Duration.ofSeconds(1);

    @Inject
    private BundleContext context;

    @Inject
    private EventSystem events;

    @Inject
    private EventDispatcher dispatcher;

    @Inject
    private EventScheduler scheduler;

    @Inject
    private ConfigurationAdmin configurations;

    private final Set<Object> handled = ConcurrentHashMap.newKeySet();
    private final List<ServiceRegistration<?>> registered = new ArrayList<>();
    private Subscription plain;
    private Subscription filtered;
    private LogLines log;
    private long next;

    @Configuration
    public Option[] product() throws IOException {
        // Else Felix would find the record that a bundle lacks on the class path of this test.
        return options(
                Product.bundles(BadInputIT.class),
                frameworkProperty("felix.bootdelegation.implicit").value("false"));
    }

    @Before
    public void subscribeGoodHandlers() throws IOException {
        log = new LogLines(configurations);
        plain = events.subscribe(
                "it/bad/*", delivery -> handled.add(delivery.data().getOrDefault("n", "no number")));
        Map<String, Object> properties = Map.of("symphony.topics", "it/bad/*", "symphony.filter", "(n>=0)");
        filtered = events.subscribe(
                properties,
                delivery -> handled.add("filtered " + delivery.data().get("n")));
    }

    @After
    public void goodHandlersStillGetTheirEvents() {
        long number = ++next;
        Event event = Event.on("it/bad/topic").with("n", number).build();
        assertTrue(events.publish(event).orThrow().accepted() >= 2);
        await().atMost(DEADLINE).until(() -> handled.containsAll(Set.of(number, "filtered " + number)));
        registered.forEach(ServiceRegistration::unregister);
        plain.close();
        filtered.close();
        assertEquals(0, scheduler.count());
    }

    @Test
    public void topicsAndFilters() {
        EventHandler handler = delivery -> {};
        says("topic 'it//bad' has an empty segment before position 3", () -> events.publish("it//bad", 1));
        says("topic 'it/*' has '*' at position 3; allowed are letters", () -> events.publish("it/*", 1));
        says("topic is empty; write one like orders/new", () -> events.publish("", 1));
        says("has 256 bytes in UTF-8, at most 255 are allowed; shorten it", () -> events.publish("t".repeat(256), 1));
        isNull("topic", () -> events.publish(null, 1));
        says("topic filter 'it/**': in segment '**' a wildcard", () -> events.subscribe("it/**", handler));
        says(
                "topic filter 'it//bad': topic 'it//bad' has an empty segment",
                () -> events.subscribe("it//bad", handler));
        says(
                "has 256 bytes in UTF-8, at most 255 are allowed; shorten it",
                () -> events.subscribe("t".repeat(256), handler));
        isNull("topicFilter", () -> events.subscribe((String) null, handler));
    }

    @Test
    public void priorities() {
        for (int priority : new int[] {-1, 10}) {
            says(
                    "priority is " + priority + ", must be 0 (most urgent) to 9 (least urgent)",
                    () -> Event.on("it/bad/topic").priority(priority));
        }
    }

    @Test
    public void data() {
        for (String topic : List.of("it/bad/topic", "it/bad/scheduled")) {
            refuses(
                    topic,
                    Map.of("items", List.of(1, Map.of("who", new Thread()))),
                    "data.items[1].who: events cannot carry java.lang.Thread; allowed are String");
            refuses(topic, new StringBuilder("x"), "data.value: events cannot carry java.lang.StringBuilder");
            var cyclic = new HashMap<String, Object>();
            cyclic.put("self", List.of(cyclic));
            refuses(
                    topic,
                    cyclic,
                    "data.self[0]: the data is cyclic: the same HashMap lies 2 levels above; an event carries no references");
            refuses(
                    topic,
                    nested(65),
                    "the data is nested more than 64 levels deep; depth.max in PID symphony.codec sets");
            refuses(
                    topic,
                    "x".repeat((1 << 20) + 1),
                    "encoded it has more than 1048576 bytes; payload.max.bytes in PID symphony.codec sets");
            Object bush = "leaf";
            for (int i = 0; i < 60; i++) {
                bush = List.of(bush, bush);
            }
            refuses(topic, Map.of("n", bush), "encoded it has more than 1048576 bytes");
        }
        assertEquals(
                "the one without a filter",
                1,
                events.publish("it/bad/topic", nested(64)).orThrow().accepted());
    }

    private static Map<String, Object> nested(int levels) {
        Map<String, Object> data = Map.of("n", -1L);
        for (int i = 1; i < levels; i++) {
            data = Map.of("a", data);
        }
        return data;
    }

    private void refuses(String topic, Object data, String message) {
        if (topic.endsWith("scheduled")) {
            says(message, () -> events.schedule(Event.on(topic).data(data).build(), SECOND));
        } else {
            says(message, () -> events.publish(topic, data));
            says(message, () -> events.publishAsync(Event.on(topic).data(data).build()));
        }
    }

    @Test
    public void delays() {
        Event event = Event.on("it/bad/topic").build();
        says("delay is PT-1S, must be 0 to 3653 days", () -> events.schedule(event, SECOND.negated()));
        Duration endless = Duration.ofSeconds(Long.MAX_VALUE);
        says("event on it/bad/topic: delay is " + endless, () -> events.schedule(event, endless));
        says(
                "instant is " + Instant.MAX + ", must be at most 3653 days ahead",
                () -> events.schedule(event, Instant.MAX));
        says("maxWait is PT-1S, must not be negative", () -> events.publish(event, SECOND.negated()));
        says(
                "time to live is PT0S, must be at least 1 ms",
                () -> Event.on("it/bad/topic").timeToLive(Duration.ZERO));
        isNull("delay", () -> events.schedule(event, (Duration) null));
        isNull("at", () -> events.schedule(event, (Instant) null));
    }

    @Test
    public void subscriptionsOfPrograms() {
        EventHandler handler = delivery -> {};
        says("property symphony.topics is missing; name the topics", () -> events.subscribe(Map.of(), handler));
        says(
                "property symphony.topics is empty, must name at least one",
                () -> events.subscribe(Map.of("symphony.topics", List.of()), handler));
        says(
                "property symphony.filter is (n>=, is no LDAP filter, as (amount>=100) is",
                () -> events.subscribe(Map.of("symphony.topics", "it/bad/topic", "symphony.filter", "(n>="), handler));
        says(
                "property symphony.prioritty is unknown; known are symphony.attempts",
                () -> events.subscribe(Map.of("symphony.topics", "it/bad/topic", "symphony.prioritty", 1), handler));
    }

    @Test
    public void aHandlerWithoutTopics() {
        isRefusedUntilMended(
                new Hashtable<>(Map.of("symphony.subscription", "no-topics")),
                "property symphony.topics is missing; name the topics, as @Topics(\"orders/*\")");
    }

    @Test
    public void aHandlerWithAnInvalidFilter() {
        isRefusedUntilMended(
                new Hashtable<>(Map.of("symphony.topics", "it/bad/topic", "symphony.filter", "(amount>=")),
                "property symphony.filter is (amount>=, is no LDAP filter, as (amount>=100) is");
    }

    @Test
    public void aHandlerWithAnInvalidTopicFilter() {
        isRefusedUntilMended(
                new Hashtable<>(Map.of("symphony.topics", new String[] {"it/bad/topic", "a/**"})),
                "topic filter 'a/**': in segment '**' a wildcard does not stand alone");
    }

    @Test
    public void aHandlerWithATypeThatItsBundleCannotLoad() {
        isRefusedUntilMended(
                new Hashtable<>(Map.of("symphony.topics", "it/bad/topic", "symphony.type", "acme.Missing")),
                "property symphony.type is acme.Missing, which ");
        String refused = log.with("property symphony.type is acme.Missing").get(0);
        assertTrue(refused, refused.contains("cannot load") && refused.contains("import its package or mend the name"));
    }

    private void isRefusedUntilMended(Hashtable<String, Object> properties, String reason) {
        Set<Object> seen = ConcurrentHashMap.newKeySet();
        EventHandler handler = delivery -> seen.add(delivery.data().get("n"));
        ServiceRegistration<?> registration = context.registerService(EventHandler.class, handler, properties);
        registered.add(registration);
        HandlerView view = handler(registration);
        assertEquals(HandlerState.REFUSED, view.state());
        assertTrue(view.reason(), view.reason().contains(reason));
        assertEquals("", view.subscription());
        String who = "handler service " + view.serviceId() + " of "
                + context.getBundle().getSymbolicName();
        assertEquals("one line", 1, log.with("WARN", who, "is not used", reason).size());
        registration.setProperties(new Hashtable<>(Map.of("symphony.topics", "it/bad/mended")));
        assertEquals(HandlerState.ACTIVE, handler(registration).state());
        long number = ++next;
        events.publish(Event.on("it/bad/mended").with("n", number).build()).orThrow();
        await().atMost(DEADLINE).until(() -> seen.contains(number));
    }

    @Test
    public void aHandlerOfARecordThatItsBundleLacks() throws Exception {
        isRefusedForItsRecord("it.incomplete", Map.of("Bundle-Activator", OrderActivator.class.getName()));
    }

    /** As README and the examples write handlers: here it is declarative services that cannot make it. */
    @Test
    public void aComponentOfARecordThatItsBundleLacks() throws Exception {
        isRefusedForItsRecord("it.incomplete.component", Map.of("Service-Component", "OSGI-INF/orders.xml"));
    }

    private void isRefusedForItsRecord(String name, Map<String, String> headers) throws Exception {
        Bundle bundle = context.installBundle(name, incomplete(name, headers));
        bundle.start();
        long number = ++next;
        Event event = Event.on("it/bad/orders")
                .with("n", number)
                .with("customer", "ada")
                .build();
        assertEquals(3, events.publish(event).orThrow().accepted());
        await().atMost(DEADLINE).until(() -> handled.contains(number));
        await().atMost(DEADLINE)
                .until(() -> dispatcher.handlers().stream()
                        .anyMatch(h -> h.bundle().equals(name) && h.state() == HandlerState.REFUSED));
        String why = "the class symphony.it.handler.OrderHandler wants a type that its bundle cannot load";
        List<String> lines = log.with("WARN", "of " + name + " ", "is not used", why, "symphony.it.handler.Order");
        assertEquals(lines.toString(), 1, lines.size());
        assertTrue(lines.get(0), lines.get(0).contains("import its package"));
        // It is given back after the handler was refused.
        await("the event waits for a handler that can be used")
                .atMost(DEADLINE)
                .until(() -> dispatcher.subscriptions().stream()
                        .anyMatch(s -> s.identity().equals(name + "/orders")
                                && s.queue().waiting() == 1));
        bundle.uninstall();
    }

    /** A bundle that lacks the record its handler wants. */
    private static InputStream incomplete(String symbolicName, Map<String, String> headers) throws IOException {
        var manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.putValue("Bundle-ManifestVersion", "2");
        main.putValue("Bundle-SymbolicName", symbolicName);
        headers.forEach(main::putValue);
        main.putValue("Import-Package", "org.osgi.framework,symphony.api.event;version=\"[1.0,2)\"");
        main.putValue("Topics", "it/bad/orders");
        var bytes = new ByteArrayOutputStream();
        try (var jar = new JarOutputStream(bytes, manifest)) {
            jar.putNextEntry(new JarEntry("OSGI-INF/orders.xml"));
            jar.write(COMPONENT.getBytes(StandardCharsets.UTF_8));
            jar.closeEntry();
            for (Class<?> type : List.of(OrderActivator.class, OrderHandler.class)) {
                String name = type.getName().replace('.', '/') + ".class";
                jar.putNextEntry(new JarEntry(name));
                try (InputStream in = type.getClassLoader().getResourceAsStream(name)) {
                    in.transferTo(jar);
                }
                jar.closeEntry();
            }
        }
        return new ByteArrayInputStream(bytes.toByteArray());
    }

    @Test
    public void aTypedHandlerThatDoesNotTellItsType() {
        TypedHandler<Object> handler = (value, delivery) -> {};
        ServiceRegistration<?> registration = context.registerService(
                TypedHandler.class,
                handler,
                new Hashtable<>(Map.of("symphony.topics", "it/bad/typeless", "symphony.subscription", "typeless")));
        registered.add(registration);
        events.publish("it/bad/typeless", Map.of("n", ++next)).orThrow();
        await().atMost(DEADLINE).until(() -> handler(registration).state() == HandlerState.REFUSED);
        String reason = handler(registration).reason();
        assertTrue(reason, reason.contains("does not tell its type, as a lambda does not; name it in symphony.type"));
        assertEquals(
                1, log.with("WARN", "is not used", "does not tell its type").size());
    }

    @Test
    public void configuration() throws Exception {
        configure("symphony.scheduler", Map.of("schedules.max", "many", "retry.time", "2d", "schedule.max", 5));
        log.with(
                "WARN symphony.scheduler: schedules.max is many, must be a whole number, 1 to 10000000; keeping all as it was;",
                "set it in PID symphony.scheduler");
        log.with("WARN symphony.scheduler: retry.time is 2d, must be 0s to 24h; keeping all as it was");
        log.with(
                "WARN symphony.scheduler: schedule.max is no key of it and is ignored; known are [retry.time, schedules.max]");
        configure("symphony.codec", Map.of("payload.max.bytes", 1, "depth.max", "64.5"));
        log.with("WARN symphony.codec: payload.max.bytes is 1, must be 1024 to 67108864; keeping all as it was");
        log.with("WARN symphony.codec: depth.max is 64.5, must be a whole number, 1 to 256");
        configure("symphony.codec", Map.of());
        configure("symphony.scheduler", Map.of());
        log.with("INFO symphony.scheduler: configuration is now {schedules.max=1000000, retry.time=PT5M}");
    }

    private void configure(String pid, Map<String, Object> values) throws IOException {
        configurations.getConfiguration(pid, "?").update(new Hashtable<>(values));
    }

    private HandlerView handler(ServiceRegistration<?> registration) {
        Object id = registration.getReference().getProperty("service.id");
        return dispatcher.handlers().stream()
                .filter(view -> id.equals(view.serviceId()))
                .findFirst()
                .orElseThrow(() -> new AssertionError("service " + id + " is not listed"));
    }

    private static void says(String message, ThrowingRunnable call) {
        String said = assertThrows(IllegalArgumentException.class, call).getMessage();
        assertTrue(said, said.contains(message));
    }

    private static void isNull(String name, ThrowingRunnable call) {
        assertEquals(name, assertThrows(NullPointerException.class, call).getMessage());
    }
}
