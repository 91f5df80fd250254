package symphony.it.container;

import static org.awaitility.Awaitility.await;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;
import static org.ops4j.pax.exam.CoreOptions.options;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
import org.osgi.framework.BundleException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.AuditQuery;
import symphony.api.audit.AuditRecord;
import symphony.api.audit.AuditTrail;
import symphony.api.audit.Outcome;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.CryptoService;
import symphony.api.crypto.EventSealer;
import symphony.api.crypto.SealedStore;
import symphony.api.event.Event;
import symphony.api.event.EventHandler;
import symphony.api.event.EventSystem;
import symphony.api.queue.DeadLetter;
import symphony.api.queue.DeadLetterFilter;
import symphony.api.queue.DeadLetters;
import symphony.api.queue.MemoryBudget;
import symphony.api.queue.Offer;
import symphony.api.queue.QueueProvider;
import symphony.api.rbac.AccessControl;
import symphony.api.rbac.AccessDeniedException;
import symphony.api.rbac.AccessUndecidedException;
import symphony.api.rbac.Permission;

/** The services below the shell, by which the parts of the core work: what others may do with them, and who knows of it. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class CoreServicesIT {
    private static final Duration DEADLINE = Duration.ofSeconds(120);
    private static final String CORE = "event:publish-as:* schedule:create-as:* event:publish:symphony/health/*";
    private static final String TOPIC = "it/secret";
    private static final byte[] SIGNING_KEY = "symphony audit signing key 1".getBytes(StandardCharsets.US_ASCII);

    private static int policies;

    @Inject
    private BundleContext context;

    @Inject
    private EventSystem events;

    @Inject
    private AccessControl access;

    private final List<Bundle> installed = new ArrayList<>();
    private String probe;
    private String subscription;
    private ServiceRegistration<EventHandler> handler;

    @Configuration
    public Option[] product() throws IOException {
        return options(Product.bundles(CoreServicesIT.class, "{\"version\": 1}"));
    }

    @Before
    public void giveUpOne() throws IOException {
        probe = context.getBundle().getSymbolicName();
        subscription = probe + "/failing";
        enforce(Map.of());
        EventHandler failing = delivery -> {
            throw new IllegalStateException("always");
        };
        handler = context.registerService(
                EventHandler.class,
                failing,
                new Hashtable<>(
                        Map.of("symphony.topics", TOPIC, "symphony.subscription", "failing", "symphony.attempts", 1)));
        Event event = Event.on(TOPIC).with("pin", 1234L).build();
        await("the handler")
                .atMost(DEADLINE)
                .until(() -> events.publish(event).orThrow().accepted() == 1);
        awaitLetters(1);
    }

    @After
    public void end() throws BundleException {
        handler.unregister();
        letters().list(DeadLetterFilter.ALL).forEach(letter -> letters().drop(letter.number()));
        for (Bundle bundle : installed) {
            bundle.uninstall();
        }
    }

    // ---- policies ----

    /** Grants by bundle, separated by blanks; in force when it returns. */
    private void enforce(Map<String, String> bundles) throws IOException {
        Permission mark = Permission.of("it:may:policy-" + ++policies);
        var lines = new ArrayList<String>();
        bundles.forEach((name, grants) -> lines.add(entry(name, grants)));
        for (String core : List.of("symphony.dispatcher", "symphony.eventsystem", "symphony.scheduler")) {
            lines.add(entry(core, CORE));
        }
        lines.add(entry(probe, "event:*:* audit:read:trail dead:list:* dead:drop:*"));
        lines.add(entry("it.marker", mark.toString()));
        Path file = Path.of(context.getProperty("symphony.policy.file"));
        Path beside = Files.writeString(
                file.resolveSibling("policy.new"), "{\"version\": 1, \"bundles\": {" + String.join(", ", lines) + "}}");
        Files.setPosixFilePermissions(beside, PosixFilePermissions.fromString("rw-------"));
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
        await(mark.toString())
                .atMost(DEADLINE)
                .ignoreException(AccessUndecidedException.class)
                .until(() -> access.decide("it.marker", mark).allowed());
    }

    private static String entry(String bundle, String grants) {
        return Stream.of(grants.split(" "))
                .map(grant -> '"' + grant + '"')
                .collect(Collectors.joining(", ", '"' + bundle + "\": {\"grants\": [", "]}"));
    }

    // ---- bundles and their services ----

    private Bundle start(String symbolicName, String version) throws BundleException {
        Bundle bundle = context.installBundle(
                symbolicName + ' ' + version, HandlerJar.stream(symbolicName, version, "it/nothing"));
        installed.add(bundle);
        bundle.start();
        return bundle;
    }

    /** As that bundle gets it. */
    private <T> T of(Bundle bundle, Class<T> type) {
        ServiceReference<T> reference = context.getServiceReference(type);
        return bundle.getBundleContext().getService(reference);
    }

    private DeadLetters letters() {
        return of(context.getBundle(), QueueProvider.class).deadLetters();
    }

    private void awaitLetters(int count) {
        await("dead letters").atMost(DEADLINE).until(() -> letters().count() == count);
    }

    private byte[] sealedSigningKey() throws IOException {
        return Files.readAllBytes(Path.of(System.getProperty("symphony.it.load"))
                .resolveSibling("audit")
                .resolve("signing.key"));
    }

    // ---- the trail ----

    private List<AuditEntry> told(String actor, Outcome outcome) {
        return of(context.getBundle(), AuditTrail.class)
                .find(AuditQuery.all().by(actor), AuditTrail.MOST_RECORDS)
                .records()
                .stream()
                .map(AuditRecord::entry)
                .flatMap(entry -> entry.stream())
                .filter(entry -> entry.outcome() == outcome)
                .toList();
    }

    private static String text(AuditEntry entry) {
        return entry.action() + ':' + entry.target();
    }

    private void denied(Bundle bundle, String permission, ThrowingRunnable call) {
        var denied = assertThrows(permission, AccessDeniedException.class, call);
        String name = principal(bundle);
        assertEquals(name + " has no permission " + permission, denied.getMessage());
        await(permission + " in the trail")
                .atMost(DEADLINE)
                .until(() -> told(name, Outcome.DENIED).stream()
                        .map(CoreServicesIT::text)
                        .anyMatch(permission::equals));
    }

    /** Who has the name of a part of ours, and is none, is called by its id. */
    private static String principal(Bundle bundle) {
        return bundle.getVersion().getMajor() == 99 ? "bundle-" + bundle.getBundleId() : bundle.getSymbolicName();
    }

    private static Map<String, String> withoutDecision(AuditEntry entry) {
        assertTrue(entry.toString(), entry.details().get(AuditEntry.DECISION).contains("/"));
        assertTrue(entry.toString(), entry.details().containsKey(AuditEntry.EPOCH));
        var rest = new TreeMap<>(entry.details());
        rest.keySet().removeAll(List.of(AuditEntry.DECISION, AuditEntry.EPOCH));
        return rest;
    }

    // ---- tests ----

    @Test
    public void nothingIsOpenedListedOrChangedBelowTheShellWithoutAGrant() throws Exception {
        Bundle stranger = start("it.stranger", "1.0.0");
        DeadLetter letter = letters().list("", 1).get(0);
        int key = letter.envelope().keyId();
        QueueProvider queues = of(stranger, QueueProvider.class);
        DeadLetters dead = queues.deadLetters();
        denied(stranger, "dead:list:*", () -> dead.list("", 10_000));
        denied(stranger, "dead:list:*", () -> dead.list(DeadLetterFilter.ALL));
        denied(stranger, "dead:list:" + subscription, () -> dead.find(letter.number()));
        denied(stranger, "dead:redrive:" + subscription, () -> dead.redrive(letter.number()));
        denied(stranger, "dead:drop:" + subscription, () -> dead.drop(letter.number()));
        denied(stranger, "queue:list:*", () -> queues.find(UUID.randomUUID()));
        denied(stranger, "queue:list:*", queues::queues);
        denied(stranger, "queue:use:*", () -> queues.forget(subscription));
        denied(stranger, "queue:use:*", () -> of(stranger, MemoryBudget.class).reserve(1L << 40));
        EventSealer sealer = of(stranger, EventSealer.class);
        denied(stranger, "crypto:peek:" + TOPIC, () -> sealer.open(CryptoContext.EVENT, letter.envelope()));
        denied(stranger, "crypto:peek:" + TOPIC, () -> sealer.reopen(CryptoContext.EVENT, letter.envelope()));
        byte[] sealed = sealedSigningKey();
        CryptoService crypto = of(stranger, CryptoService.class);
        denied(stranger, "crypto:open:audit", () -> crypto.open(CryptoContext.AUDIT, SIGNING_KEY, sealed));
        denied(stranger, "crypto:seal:audit", () -> crypto.seal(CryptoContext.AUDIT, SIGNING_KEY, sealed));
        denied(stranger, "crypto:list:*", crypto::keys);
        Map<String, SealedStore> stores = storesOf(stranger);
        for (String core : List.of("symphony.audit", "symphony.nlp", "symphony.queue", "symphony.scheduler")) {
            denied(stranger, "crypto:destroy:event", () -> stores.get(core).giveUp(CryptoContext.EVENT, key));
            denied(stranger, "crypto:destroy:schedule", () -> stores.get(core).giveUp(CryptoContext.SCHEDULE, 1));
            denied(stranger, "crypto:destroy:audit", () -> stores.get(core).giveUp(CryptoContext.AUDIT, 1));
            denied(stranger, "crypto:list:audit", () -> stores.get(core).count(CryptoContext.AUDIT, 1));
        }
        assertEquals("it is still there", List.of(letter), letters().list("", 10));
        assertEquals("nothing was done", List.of(), told("it.stranger", Outcome.DONE));
    }

    /** By the bundle that registered it. */
    private Map<String, SealedStore> storesOf(Bundle bundle) throws Exception {
        var stores = new TreeMap<String, SealedStore>();
        for (ServiceReference<SealedStore> reference : context.getServiceReferences(SealedStore.class, null)) {
            stores.put(
                    reference.getBundle().getSymbolicName(),
                    bundle.getBundleContext().getService(reference));
        }
        return stores;
    }

    @Test
    public void whoTakesTheNameOfAPartIsAskedAsAnybody() throws Exception {
        Bundle shell = Arrays.stream(context.getBundles())
                .filter(bundle -> bundle.getSymbolicName().equals("symphony.shell"))
                .findFirst()
                .orElseThrow();
        enforce(Map.of("symphony.shell", "*:*:*"));
        Bundle other = start("symphony.shell", "99.0.0");
        DeadLetter letter = letters().list("", 1).get(0);
        denied(
                other,
                "dead:list:*",
                () -> of(other, QueueProvider.class).deadLetters().list("", 1));
        denied(
                other,
                "crypto:peek:" + TOPIC,
                () -> of(other, EventSealer.class).open(CryptoContext.EVENT, letter.envelope()));
        // the part itself has the engine, also after an update
        shell.update(Files.newInputStream(Product.artifact("symphony.shell")));
        assertEquals(
                List.of(letter), of(shell, QueueProvider.class).deadLetters().list("", 1));
    }

    @Test
    public void whatIsGrantedIsDoneAndAuditedUntilItIsRevoked() throws Exception {
        String grants = "crypto:peek:it/* crypto:open:audit dead:*:" + subscription;
        enforce(Map.of("it.granted", grants));
        Bundle granted = start("it.granted", "1.0.0");
        DeadLetters dead = of(granted, QueueProvider.class).deadLetters();
        EventSealer sealer = of(granted, EventSealer.class);
        CryptoService crypto = of(granted, CryptoService.class);
        DeadLetter letter = dead.list(subscription, 10).get(0);
        assertEquals(
                Map.of("pin", 1234L),
                sealer.open(CryptoContext.EVENT, letter.envelope()).data());
        assertTrue(crypto.open(CryptoContext.AUDIT, SIGNING_KEY, sealedSigningKey()).length > 0);
        assertTrue(dead.redrive(letter.number()) instanceof Offer.Accepted);
        awaitLetters(1); // it failed again
        DeadLetter again = dead.list(subscription, 10).get(0);
        assertTrue(dead.drop(again.number()));
        List<AuditEntry> told = told("it.granted", Outcome.DONE);
        assertEquals(
                List.of(
                        "crypto:peek:" + TOPIC,
                        "crypto:open:audit",
                        "dead:redrive:" + subscription,
                        "dead:drop:" + subscription),
                told.stream().map(CoreServicesIT::text).toList());
        String id = letter.envelope().eventId().toString();
        assertEquals(
                Map.of(
                        "event",
                        id,
                        AuditEntry.KEY,
                        Integer.toUnsignedString(letter.envelope().keyId())),
                withoutDecision(told.get(0)));
        assertEquals(Map.of("event", id, "number", Long.toString(again.number())), withoutDecision(told.get(3)));
        // when
        enforce(Map.of());
        denied(granted, "crypto:peek:" + TOPIC, () -> sealer.open(CryptoContext.EVENT, letter.envelope()));
        denied(granted, "dead:list:" + subscription, () -> dead.list(subscription, 10));
    }
}
