package symphony.it.container;

import static org.awaitility.Awaitility.await;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static org.ops4j.pax.exam.CoreOptions.options;

import java.io.IOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.cm.ConfigurationAdmin;
import symphony.api.dispatcher.EventDispatcher;
import symphony.api.dispatcher.PoolView;
import symphony.api.dispatcher.SubscriptionView;
import symphony.api.event.EventHandler;
import symphony.api.event.EventSystem;

/** G11: each knob that any bundle declares is documented and turned while events flow, and no accepted event is lost. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class LiveConfigurationIT {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final String POOL = "symphony.pool~it";
    private static final Set<String> FACTORIES = Set.of("symphony.pool", "symphony.publisher", "symphony.nlp.list");
    private static final String LIST = "symphony.nlp.list~it";
    private static final String TOPIC = "it/live";
    private static final int EVENTS_BETWEEN = 20;

    private static final Pattern TIME = Pattern.compile("(\\d+)(ms|s|m|h|d|)");
    private static final Map<String, ChronoUnit> UNITS = Map.of(
            "ms", ChronoUnit.MILLIS,
            "s", ChronoUnit.SECONDS,
            "m", ChronoUnit.MINUTES,
            "h", ChronoUnit.HOURS,
            "d", ChronoUnit.DAYS,
            "", ChronoUnit.SECONDS);

    /** No key takes it. */
    private static final String BAD = "?!";

    /** A declared key in a bundle's metatype file, and whose it is. */
    private static final Pattern KEY = Pattern.compile("<AD id=\"([^\"]+)\"([^>]*)");

    private static final Pattern DEFAULT = Pattern.compile(" default=\"([^\"]*)\"");

    private static final Pattern PID = Pattern.compile("<Designate (?:pid|factoryPid)=\"([^\"]+)\"");

    /** A PID's part of the documentation, and a key in it with its default. */
    private static final Pattern HEADING = Pattern.compile("### `([^`~]+)(?:~NAME)?`");

    private static final Pattern ROW = Pattern.compile("\\| `([^`]+)`(?: \\*)? \\| ([^|]+) \\|");

    /** Values to turn each knob to; the default is turned to by itself. None of them gives an event up. */
    private static final Map<String, Map<String, List<Object>>> KNOBS = Map.ofEntries(
            Map.entry(
                    "symphony.codec",
                    Map.of("payload.max.bytes", List.of(4096, 1 << 24), "depth.max", List.of(4, 256))),
            Map.entry(
                    "symphony.crypto",
                    Map.of(
                            "provider", List.of("SunJCE"),
                            "salt.time", List.of("1m", "1d"),
                            "derived.keys", List.of(64, 65_536),
                            "rotation.after", List.of("3650d", "1d"))),
            Map.entry(
                    "symphony.queue",
                    Map.of(
                            "memory.bytes", List.of(1 << 20, 64 << 20),
                            "aging", List.of("0", "1ms"),
                            "duplicates.ids", List.of(1, 50_000),
                            "dead.letters", List.of(0, 5),
                            "dead.letters.bytes", List.of(0, 100_000))),
            Map.entry(
                    "symphony.scheduler",
                    Map.of("schedules.max", List.of(1, 10_000_000), "retry.time", List.of("0", "1d"))),
            Map.entry(
                    "symphony.shell",
                    Map.of(
                            "banner", List.of(false),
                            "tail.buffer", List.of(1, 100_000),
                            "login", List.of("required", "optional"))),
            Map.entry(
                    "symphony.pool",
                    Map.of(
                            "name", List.of("it-renamed"),
                            "workers", List.of(1, 4),
                            "workers.max", List.of(1, 7),
                            "virtual", List.of(true))),
            Map.entry(
                    "symphony.publisher",
                    Map.of(
                            "bundle", List.of("it.nobody"),
                            "events.per.second", List.of(1_000, 1_000_000_000),
                            "bytes.per.second", List.of(1_000_000, 1_000_000_000),
                            "queue.share", List.of(1, 99))),
            Map.entry(
                    "symphony.admission",
                    Map.of(
                            "jar.bytes", List.of(1024, 1L << 30),
                            "unpacked.bytes", List.of(1024, 1L << 32),
                            "entries", List.of(1, 65_534))),
            Map.entry("symphony.audit", audit()),
            Map.entry(
                    "symphony.rbac",
                    Map.of(
                            "path", List.of("none-is-there.json"), // the policy before stays in force
                            "poll", List.of("100ms", "1h"),
                            "decisions", List.of(64, 1 << 20))),
            Map.entry(
                    "symphony.users",
                    Map.of(
                            "attempts", List.of(1, 100),
                            "lock", List.of("1s", "1d"),
                            "lock.most", List.of("1s", "1d"),
                            "memory", List.of(8192),
                            "passes", List.of(1, 20),
                            "password.least", List.of(8, 64))),
            Map.entry(
                    "symphony.nlp",
                    Map.of(
                            "utterance.chars", List.of(1, 1_000_000),
                            "time.limit", List.of("1ms", "1h"),
                            "training.threads", List.of(1, 64),
                            "model", List.of("other"),
                            "zone", List.of("Asia/Tokyo"),
                            "starter", List.of(false))),
            Map.entry(
                    "symphony.nlp.list",
                    Map.of("name", List.of("room"), "entries", List.of("living room = lounge; kitchen"))),
            Map.entry("symphony.dispatcher", dispatcher()));

    private static Map<String, List<Object>> audit() {
        var knobs = new HashMap<String, List<Object>>();
        knobs.put("topics", List.of("it/*", "*"));
        knobs.put("checkpoint.time", List.of("100ms", "1h"));
        knobs.put("checkpoint.records", List.of(1, 1_000_000));
        knobs.put("segment.bytes", List.of(1 << 16, 1 << 29));
        knobs.put("retention.time", List.of("36500d"));
        knobs.put("retention.bytes", List.of(1L << 50));
        knobs.put("summaries", List.of(100, 1_000_000));
        knobs.put("denials", List.of(1, 10_000));
        knobs.put("record.timeout", List.of("100ms", "10m"));
        knobs.put("anchor.file", List.of(System.getProperty("symphony.it.load", "/none") + "/../live.anchor"));
        knobs.put("anchor.time", List.of("100ms", "1d"));
        knobs.put("caller.entries", List.of(1, 1_000_000));
        knobs.put("caller.bytes", List.of(4_096, 1 << 30));
        return knobs;
    }

    private static Map<String, List<Object>> dispatcher() {
        var knobs = new HashMap<String, List<Object>>();
        knobs.put("workers", List.of(1, 4));
        knobs.put("workers.max", List.of(1, 200));
        knobs.put("spare.idle", List.of("1ms"));
        knobs.put("watch.interval", List.of("1ms", "1s"));
        knobs.put("fair", List.of("1ms", "1m"));
        knobs.put("batch", List.of(1, 1000));
        knobs.put("subscriptions.max", List.of(1));
        knobs.put("time.limit", List.of("5s", "1d"));
        knobs.put("attempts", List.of(100));
        knobs.put("backoff", List.of("0", "10ms"));
        knobs.put("backoff.max", List.of("1ms"));
        knobs.put("capacity", List.of(1, 50_000));
        knobs.put("grace", List.of("30s", "1d"));
        knobs.put("quarantine.overruns", List.of(0, 1));
        knobs.put("quarantine.failures", List.of(0, 3));
        knobs.put("quarantine.rate", List.of(0.5));
        knobs.put("quarantine.window", List.of(10));
        knobs.put("quarantine.wait", List.of("1ms"));
        knobs.put("quarantine.wait.max", List.of("1ms"));
        knobs.put("duplicates.window", List.of("1s", "1d"));
        knobs.put("departure.deadline", List.of("0", "1m"));
        knobs.put("stop.deadline", List.of("0", "1m"));
        return knobs;
    }

    @Inject
    private BundleContext context;

    @Inject
    private ConfigurationAdmin configurations;

    @Inject
    private EventSystem events;

    @Inject
    private EventDispatcher dispatcher;

    @Configuration
    public Option[] product() throws IOException {
        return options(Product.bundles(LiveConfigurationIT.class));
    }

    @Test
    public void knobsAreAllThatTheBundlesDeclare() throws Exception {
        var declared = new TreeMap<String, Set<String>>();
        declared().forEach((pid, keys) -> declared.put(pid, keys.keySet()));
        var turned = new TreeMap<String, Set<String>>();
        KNOBS.forEach((pid, keys) -> turned.put(pid, new TreeSet<>(keys.keySet())));
        assertEquals(declared, turned);
    }

    @Test
    public void knobsAreDocumentedWithTheirDefaults() throws Exception {
        Path document = Path.of(System.getProperty("readme")).resolveSibling("docs/operations.md");
        var documented = new TreeMap<String, Map<String, String>>();
        String pid = "";
        for (String line : Files.readAllLines(document)) {
            Matcher heading = HEADING.matcher(line);
            Matcher row = ROW.matcher(line);
            if (line.startsWith("#")) {
                pid = heading.matches() ? heading.group(1) : "";
            } else if (!pid.isEmpty() && row.lookingAt()) {
                documented.computeIfAbsent(pid, p -> new TreeMap<>()).put(row.group(1), plain(row.group(2)));
            }
        }
        assertEquals(declared(), documented);
    }

    /** As in configuration: without what explains it, and without the spaces that make long numbers readable. */
    private static String plain(String shown) {
        String value = shown.replaceFirst(" \\(.*\\)$", "");
        return value.startsWith("empty") ? "" : value.replace(" ", "");
    }

    /** Defaults by key and PID. */
    private Map<String, Map<String, String>> declared() throws IOException {
        var declared = new TreeMap<String, Map<String, String>>();
        for (Bundle bundle : context.getBundles()) {
            if (bundle.getSymbolicName().startsWith("symphony.")) {
                for (URL file : Collections.list(entries(bundle))) {
                    read(file, declared);
                }
            }
        }
        return declared;
    }

    private static Enumeration<URL> entries(Bundle bundle) {
        var found = bundle.findEntries("OSGI-INF/metatype", "*.xml", false);
        return found == null ? Collections.emptyEnumeration() : found;
    }

    private static void read(URL file, Map<String, Map<String, String>> declared) throws IOException {
        String xml;
        try (var in = file.openStream()) {
            xml = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        var keys = new TreeMap<String, String>();
        for (Matcher key = KEY.matcher(xml); key.find(); ) {
            Matcher fallback = DEFAULT.matcher(key.group(2));
            keys.put(key.group(1), fallback.find() ? fallback.group(1) : "");
        }
        Matcher pid = PID.matcher(xml);
        assertTrue(file + " names its PID", pid.find());
        declared.put(pid.group(1), keys);
    }

    @Test
    public void noAcceptedEventIsLostWhileEachKnobIsTurned() throws Exception {
        // given: two handlers, one in a pool of its own; one in seven calls fails the first time
        var plain = ConcurrentHashMap.<Long>newKeySet();
        var pooled = ConcurrentHashMap.<Long>newKeySet();
        var log = new LogLines(configurations);
        set(POOL, Map.of());
        await().atMost(DEADLINE).until(() -> pools().contains("it"));
        for (String made : List.of("symphony.nlp.list", "symphony.publisher")) {
            set(instance(made), Map.of());
            String filter = "(service.pid=" + instance(made) + ")";
            await().atMost(DEADLINE).until(() -> context.getAllServiceReferences(null, filter) != null);
        }
        Set<ServiceReference<?>> services = services();
        var one = handler("plain", plain, Map.of());
        var other = handler("pooled", pooled, Map.of("symphony.pool", "it", "symphony.concurrency", 3));
        var random = new Random(20_261_124);
        try (var publisher = new Publisher(context, TOPIC)) {
            // when
            for (String pid : new TreeSet<>(KNOBS.keySet())) {
                for (String key : new TreeSet<>(KNOBS.get(pid).keySet())) {
                    for (Object value : KNOBS.get(pid).get(key)) {
                        turn(log, pid, Map.of(key, value), "[{ ]" + Pattern.quote(key) + '=' + shown(value) + "[,}]");
                        publisher.awaitMore(1 + random.nextInt(EVENTS_BETWEEN));
                        awaitHandled(pid + ": " + key + " = " + value);
                    }
                }
                turn(log, pid, Map.of(), "");
                publisher.awaitMore(EVENTS_BETWEEN);
                awaitHandled(pid + ": the defaults");
                Set<ServiceReference<?>> now = services();
                assertTrue(pid + " left " + services + " as they were: " + now, now.containsAll(services));
            }
            configurations.getConfiguration(POOL, "?").delete();
            configurations.getConfiguration(instance("symphony.publisher"), "?").delete();
            configurations.getConfiguration(LIST, "?").delete();
            publisher.awaitMore(EVENTS_BETWEEN);
            // then
            Set<Long> accepted = publisher.stop();
            await().atMost(DEADLINE).until(() -> depth() == 0);
            for (SubscriptionView view : dispatcher.subscriptions()) {
                assertTrue(view.toString(), view.queue().balanced());
                assertEquals(view.toString(), 0, view.queue().dead());
                assertEquals(
                        view.toString(), view.queue().accepted(), view.queue().handled());
            }
            var either = new TreeSet<>(plain);
            either.addAll(pooled);
            assertTrue(either.containsAll(accepted));
        }
        one.unregister();
        other.unregister();
    }

    /** Waits until the component says that this is in force now, since ConfigAdmin does not bring it at once. */
    private void turn(LogLines log, String knobs, Map<String, Object> values, String told) throws IOException {
        String pid = instance(knobs);
        var said = Pattern.compile("INFO " + Pattern.quote(pid) + ": configuration is now .*" + told + ".*");
        long before = log.count(said);
        set(pid, values);
        await(pid + " says that " + values + " is in force").atMost(DEADLINE).until(() -> log.count(said) > before);
    }

    /** As the log shows it: times otherwise than they are written. */
    private static String shown(Object value) {
        String text = value.toString();
        Matcher time = TIME.matcher(text);
        String plain = Pattern.quote(text);
        return value instanceof String && time.matches()
                ? "(?:" + plain + '|' + Duration.of(Long.parseLong(time.group(1)), UNITS.get(time.group(2))) + ')'
                : plain;
    }

    /** Those that the product's bundles have registered. */
    private Set<ServiceReference<?>> services() {
        var services = new TreeSet<ServiceReference<?>>();
        for (Bundle bundle : context.getBundles()) {
            ServiceReference<?>[] own = bundle.getRegisteredServices();
            if (bundle.getSymbolicName().startsWith("symphony.") && own != null) {
                services.addAll(List.of(own));
            }
        }
        return services;
    }

    @Test
    public void badValueIsToldOfAndLeavesTheLastGoodOnesInForce() throws Exception {
        var log = new LogLines(configurations);
        var handled = ConcurrentHashMap.<Long>newKeySet();
        var registration = handler("plain", handled, Map.of());
        try (var publisher = new Publisher(context, TOPIC)) {
            for (String pid : new TreeSet<>(KNOBS.keySet())) {
                String own = FACTORIES.contains(pid) ? pid + "~bad" : pid;
                for (String key : new TreeSet<>(KNOBS.get(pid).keySet())) {
                    set(own, Map.of(key, BAD));
                    String told = log.with(own + ": " + key + " is " + BAD + ", must be ")
                            .get(0);
                    assertTrue(told, told.startsWith("WARN ") && told.endsWith("; set it in PID " + own));
                    publisher.awaitMore(1);
                }
                set(own, Map.of());
            }
            set("symphony.pool~bad", Map.of("workers.max", 7));
            await().atMost(DEADLINE).until(() -> most("bad") == 7);
            set("symphony.pool~bad", Map.of("workers.max", 9, "virtual", BAD));
            log.with("WARN symphony.pool~bad: virtual is " + BAD, "; keeping all as it was; ");
            assertEquals(7, most("bad"));
            for (String factory : FACTORIES) {
                configurations.getFactoryConfiguration(factory, "bad", "?").delete();
            }
            Set<Long> accepted = publisher.stop();
            await().atMost(DEADLINE).until(() -> handled.containsAll(accepted));
        }
        registration.unregister();
    }

    /** Of a factory PID one that counts here: the pool of a handler, the limits of the publisher. */
    private String instance(String pid) {
        if (pid.equals("symphony.publisher")) {
            return pid + '~' + context.getBundle().getSymbolicName();
        }
        if (pid.equals("symphony.nlp.list")) {
            return LIST;
        }
        return pid.equals("symphony.pool") ? POOL : pid;
    }

    private int most(String pool) {
        return dispatcher.stats().pools().stream()
                .filter(view -> view.name().equals(pool))
                .mapToInt(PoolView::most)
                .sum();
    }

    private ServiceRegistration<EventHandler> handler(String name, Set<Long> handled, Map<String, Object> more) {
        var properties = new Hashtable<String, Object>(more);
        properties.put("symphony.topics", TOPIC);
        properties.put("symphony.subscription", name);
        return context.registerService(
                EventHandler.class,
                delivery -> {
                    long number = delivery.getLong("n", -1);
                    if (number % 7 == 0 && delivery.attempt() == 1) {
                        throw new IllegalStateException("the first attempt of each seventh event fails");
                    }
                    handled.add(number);
                },
                properties);
    }

    /** What was there when the knob had been turned is handled, while more comes. */
    private void awaitHandled(String what) {
        Map<String, Long> before = handled();
        await(what).atMost(DEADLINE).untilAsserted(() -> {
            Map<String, Long> now = handled();
            before.forEach((identity, count) -> assertTrue(
                    identity + " goes on: " + dispatcher.subscriptions() + dispatcher.stats(),
                    now.get(identity) > count));
        });
    }

    private Map<String, Long> handled() {
        var handled = new TreeMap<String, Long>();
        dispatcher.subscriptions().stream()
                .filter(view -> view.topics().contains(TOPIC))
                .forEach(view -> handled.put(view.identity(), view.queue().handled()));
        return handled;
    }

    private long depth() {
        return dispatcher.subscriptions().stream()
                .mapToLong(view -> view.queue().depth())
                .sum();
    }

    private List<String> pools() {
        return dispatcher.stats().pools().stream().map(PoolView::name).toList();
    }

    @Test
    public void poolsComeChangeAndGo() throws Exception {
        set("symphony.pool~reports", Map.of("workers", 3, "workers.max", "5"));
        await().atMost(DEADLINE).until(() -> pools().contains("reports"));
        var threads = ConcurrentHashMap.<String>newKeySet();
        var registration = context.registerService(
                EventHandler.class,
                delivery -> threads.add(Thread.currentThread().getName().replaceFirst("-\\d+$", "")),
                new Hashtable<>(Map.of("symphony.topics", "it/pools", "symphony.pool", "reports")));
        events.publish("it/pools", 1).orThrow();
        await().atMost(DEADLINE).until(() -> threads.contains("symphony-reports"));
        set("symphony.pool~reports", Map.of("name", "renamed"));
        await().atMost(DEADLINE).until(() -> pools().contains("renamed") && !pools().contains("reports"));
        // The pools are listed before the subscription has moved to another one.
        await().atMost(DEADLINE).until(() -> {
            events.publish("it/pools", 2).orThrow();
            return threads.contains("symphony-default");
        });
        configurations.getConfiguration("symphony.pool~reports", "?").delete();
        await().atMost(DEADLINE).until(() -> pools().equals(List.of("default")));
        registration.unregister();
    }

    private void set(String pid, Map<String, Object> values) throws IOException {
        int tilde = pid.indexOf('~');
        var configuration = tilde < 0
                ? configurations.getConfiguration(pid, "?")
                : configurations.getFactoryConfiguration(pid.substring(0, tilde), pid.substring(tilde + 1), "?");
        var properties = new Hashtable<String, Object>(values);
        properties.put(Constants.SERVICE_DESCRIPTION, "of " + LiveConfigurationIT.class.getSimpleName());
        configuration.update(properties);
    }
}
