package symphony.it.container;

import static org.awaitility.Awaitility.await;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;
import static org.ops4j.pax.exam.CoreOptions.bundle;
import static org.ops4j.pax.exam.CoreOptions.options;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.inject.Inject;
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
import org.osgi.framework.ServiceReference;
import org.osgi.service.cm.ConfigurationAdmin;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.AuditQuery;
import symphony.api.audit.AuditRecord;
import symphony.api.audit.AuditRecord.Kind;
import symphony.api.audit.AuditSink;
import symphony.api.audit.AuditTrail;
import symphony.api.audit.AuditVerification;
import symphony.api.audit.AuditVerification.Verdict;
import symphony.api.audit.Outcome;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.KeyAdmin;
import symphony.api.event.EventHandler;
import symphony.api.event.EventSystem;
import symphony.api.event.Receipt;
import symphony.api.rbac.AccessControl;
import symphony.api.rbac.AccessDeniedException;
import symphony.api.rbac.Decision;

/** The audit trail in a running system: it has what the others tell, and goes on whatever is restarted. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class AuditIT {
    private static final Duration DEADLINE = Duration.ofSeconds(120);
    private static final String AUDIT = "symphony.audit";

    @Inject
    private BundleContext context;

    @Inject
    private EventSystem events;

    @Inject
    private ConfigurationAdmin configurations;

    private Path folder;
    private String probe;

    @Configuration
    public Option[] productWithAudit() throws IOException {
        return options(
                Product.core(AuditIT.class),
                bundle(Product.artifact(AUDIT).toUri().toString()).startLevel(30));
    }

    @Before
    public void find() {
        folder = Path.of(System.getProperty("symphony.it.load")).resolveSibling("audit");
        probe = context.getBundle().getSymbolicName();
    }

    private <T> T service(Class<T> type) {
        await(type.getName()).atMost(DEADLINE).until(() -> context.getServiceReference(type) != null);
        ServiceReference<T> reference = context.getServiceReference(type);
        return context.getService(reference);
    }

    private AuditTrail trail() {
        return service(AuditTrail.class);
    }

    private Bundle audit() {
        return named(AUDIT);
    }

    private Bundle named(String name) {
        return Arrays.stream(context.getBundles())
                .filter(bundle -> bundle.getSymbolicName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private List<AuditRecord> found(AuditQuery query) {
        return trail().find(query, AuditTrail.MOST_RECORDS).records();
    }

    private void record(String target) {
        service(AuditSink.class).record(new AuditEntry(probe, "it:record", target, Outcome.DONE, Map.of()));
    }

    private List<String> recorded() {
        return found(AuditQuery.all().doing("it:record")).stream()
                .map(record -> record.entry().orElseThrow().target())
                .toList();
    }

    private void assertIntact() {
        AuditVerification result = trail().verify();
        assertEquals(result.toString(), Verdict.INTACT, result.verdict());
    }

    @Test
    public void hasEachKeyChangeBeforeItIsDoneSealedAndSigned() {
        int key = service(KeyAdmin.class).rotate(CryptoContext.MODEL).id();
        List<AuditRecord> rotations = found(AuditQuery.all().by(probe).doing("crypto:rotate"));
        AuditRecord last = rotations.get(rotations.size() - 1);
        assertEquals(Kind.SECURITY, last.kind());
        assertEquals("model", last.entry().orElseThrow().target());
        assertEquals(
                Integer.toUnsignedString(key),
                last.entry().orElseThrow().details().get(AuditEntry.KEY));
        assertTrue(key > 1);
        assertTrue(trail().status().isSealing());
        await().atMost(DEADLINE).until(() -> trail().verify().signed() >= last.sequence());
        assertIntact();
    }

    @Test
    public void sumsUpTheFlowOfEvents() {
        var handled = new AtomicLong();
        var handler = context.registerService(
                EventHandler.class,
                delivery -> handled.incrementAndGet(),
                new Hashtable<>(Map.of("symphony.topics", "it/audited", "symphony.subscription", "audited")));
        await().atMost(DEADLINE)
                .until(() -> events.publish("it/audited", 0).orThrow().accepted() == 1);
        for (int i = 1; i <= 1000; i++) {
            events.publish("it/audited", i).orThrow();
        }
        await().atMost(DEADLINE).until(() -> handled.get() == 1001);
        AuditQuery summaries = AuditQuery.all().of(Set.of(Kind.SUMMARY)).to("it/audited");
        await().atMost(DEADLINE)
                .until(() -> sum(summaries.doing("event:publish").by(probe)) >= 1001);
        await().atMost(DEADLINE).until(() -> sum(summaries.doing("event:ack")) == 1001);
        AuditRecord delivered = found(summaries.doing("event:ack")).get(0);
        assertTrue(delivered.subscription(), delivered.subscription().endsWith("/audited"));
        assertTrue(delivered.first().isPresent());
        assertTrue(
                "far fewer records than events",
                found(AuditQuery.all().to("it/audited")).size() < 100);
        handler.unregister();
    }

    @Test
    public void hasARecordOfEachEventThatEndsWithoutBeingHandled() {
        var handler = context.registerService(
                EventHandler.class,
                delivery -> {
                    throw new IllegalStateException("it fails, a test says");
                },
                new Hashtable<>(Map.of(
                        "symphony.topics",
                        "it/dead",
                        "symphony.subscription",
                        "failing",
                        "symphony.no.retry",
                        "java.lang.IllegalStateException")));
        var ids = new HashSet<String>();
        await().atMost(DEADLINE).until(() -> {
            Receipt receipt = events.publish("it/dead", 0).orThrow();
            ids.add(receipt.eventId().toString());
            return receipt.accepted() == 1;
        });
        for (int i = 1; i < 3; i++) {
            ids.add(events.publish("it/dead", i).orThrow().eventId().toString());
        }
        AuditQuery query = AuditQuery.all().doing("event:dead").to("it/dead");
        await().atMost(DEADLINE).until(() -> found(query).size() >= 3);
        List<AuditRecord> records = found(query);
        assertEquals(3, records.size());
        for (AuditRecord record : records) {
            AuditEntry entry = record.entry().orElseThrow();
            assertEquals(Kind.OPERATION, record.kind());
            assertEquals(Outcome.FAILED, entry.outcome());
            assertEquals("NOT_RETRYABLE", entry.details().get("reason"));
            assertEquals(probe + "/failing", entry.details().get("subscription"));
            assertTrue(ids.toString(), ids.contains(entry.details().get("event")));
        }
        handler.unregister();
        assertIntact();
    }

    private long sum(AuditQuery query) {
        return found(query).stream().mapToLong(AuditRecord::count).sum();
    }

    @Test
    public void goesOnWhereItWasAfterARestartAndAnUpdateOfItsBundle() throws Exception {
        int before = recorded().size();
        record("one");
        AuditQuery later = AuditQuery.all().from(trail().status().sequence());
        audit().stop();
        assertEquals("nobody is there meanwhile", null, context.getServiceReference(AuditSink.class));
        events.publish("it/flows/on", 1);
        audit().start();
        record("two");
        audit().update(URI.create(Product.example(AUDIT)).toURL().openStream());
        record("three");
        List<String> all = recorded();
        assertEquals(List.of("one", "two", "three"), all.subList(before, all.size()));
        assertIntact();
        assertEquals(
                "by the same key",
                1,
                found(later.of(Set.of(Kind.START))).stream()
                        .map(record -> record.entry().orElseThrow().details().get(AuditEntry.KEY))
                        .distinct()
                        .count());
        assertEquals(List.of(), found(later.of(Set.of(Kind.GAP, Kind.RECOVERY))));
    }

    @Test
    public void goesOnWhileTheCryptoServiceIsRestartedThatItselfTellsTheAudit() throws Exception {
        int before = recorded().size();
        var configuration = configurations.getConfiguration(AUDIT, "?");
        configuration.update(new Hashtable<>(Map.of("record.timeout", "5m")));
        record("before");
        Bundle crypto = named("symphony.crypto");
        crypto.stop();
        AuditSink sink = service(AuditSink.class);
        var waiting =
                new Thread(() -> sink.record(new AuditEntry(probe, "it:record", "meanwhile", Outcome.DONE, Map.of())));
        waiting.start();
        await().atMost(DEADLINE).until(() -> waiting.getState() == Thread.State.TIMED_WAITING);
        crypto.start();
        waiting.join(DEADLINE.toMillis());
        assertFalse(waiting.isAlive());
        service(KeyAdmin.class).rotate(CryptoContext.AUDIT);
        record("after");
        List<String> all = recorded();
        assertEquals(List.of("before", "meanwhile", "after"), all.subList(before, all.size()));
        configuration.delete();
        assertIntact();
    }

    @Test
    public void knowsWhichKeysItNeeds() {
        record("needs a key");
        KeyAdmin keys = service(KeyAdmin.class);
        int fresh = keys.rotate(CryptoContext.AUDIT).id();
        assertTrue(keys.uses(CryptoContext.AUDIT, fresh - 1).stream()
                .anyMatch(use -> use.store().equals("audit trail") && use.items() > 0));
        record("needs the next one");
        assertIntact();
    }

    @Test
    public void readsNothingToWhoMayNotAndTellsOfIt() {
        AccessControl nobody =
                (principal, permission) -> new Decision(!permission.domain().equals("audit"), "nobody audits");
        var registration = context.registerService(AccessControl.class, nobody, null);
        try {
            AuditTrail trail = trail();
            assertThrows(AccessDeniedException.class, () -> trail.tail(1));
            assertThrows(AccessDeniedException.class, trail::verify);
            assertThrows(AccessDeniedException.class, () -> trail.export(AuditQuery.all(), new StringBuilder()));
        } finally {
            registration.unregister();
        }
        assertEquals(
                List.of("audit:read", "audit:verify", "audit:export"),
                found(AuditQuery.all().by(probe).ended(Outcome.DENIED)).stream()
                        .map(record -> record.entry().orElseThrow().action())
                        .toList());
    }

    /** With nothing but these jars, as in the documentation. */
    @Test
    public void isVerifiedFromTheCommandLine() throws Exception {
        record("verified");
        List<String> jars = new ArrayList<>();
        for (String name : List.of(AUDIT, "symphony.segmentlog")) {
            jars.add(Path.of(URI.create(Product.example(name))).toString());
        }
        jars.add(Product.artifact("symphony.api").toString());
        jars.add(Product.artifact("bcprov-jdk18on").toString());
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        String.join(File.pathSeparator, jars),
                        "symphony.audit.Verify",
                        folder.toString(),
                        "--key",
                        folder.resolve("public.pem").toString())
                .redirectErrorStream(true)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(printed, 0, process.waitFor());
        assertTrue(printed, printed.startsWith("INTACT"));
    }

    @Test
    public void isConfiguredWhileItRuns() throws Exception {
        var log = new LogLines(configurations);
        var configuration = configurations.getConfiguration(AUDIT, "?");
        Path anchor = folder.resolveSibling("it.anchor");
        configuration.update(new Hashtable<>(
                Map.of("topics", "it/each/*", "checkpoint.records", "1", "anchor.file", anchor.toString())));
        log.with("INFO symphony.audit: configuration is now ");
        record("anchored");
        await().atMost(DEADLINE).until(() -> Files.exists(anchor) && Files.size(anchor) > 0);
        events.publish("it/each/one", 1);
        AuditQuery each = AuditQuery.all().of(Set.of(Kind.EVENT)).to("it/each/one");
        await().atMost(DEADLINE).until(() -> !found(each).isEmpty());
        for (String key : declared().keySet()) {
            configuration.update(new Hashtable<>(Map.of(key, "?!")));
            log.with(
                    "WARN symphony.audit: " + key + " is ?!, must be ",
                    "; keeping all as it was; set it in PID symphony.audit");
        }
        events.publish("it/each/one", 2);
        await().atMost(DEADLINE).until(() -> found(each).size() >= 2);
        configuration.delete();
        record("as before");
        assertIntact();
    }

    private Map<String, String> declared() throws IOException {
        var declared = new TreeMap<String, String>();
        for (var file : Collections.list(audit().findEntries("OSGI-INF/metatype", "*.xml", false))) {
            try (var in = file.openStream()) {
                var key = Pattern.compile("<AD id=\"([^\"]+)\"([^>]*)")
                        .matcher(new String(in.readAllBytes(), StandardCharsets.UTF_8));
                while (key.find()) {
                    var fallback = Pattern.compile(" default=\"([^\"]*)\"").matcher(key.group(2));
                    declared.put(key.group(1), fallback.find() ? fallback.group(1) : "");
                }
            }
        }
        return declared;
    }

    @Test
    public void keepsItsFilesFromOthers() throws IOException {
        record("kept");
        assertEquals(
                Set.of("OWNER_READ", "OWNER_WRITE", "OWNER_EXECUTE"),
                Set.copyOf(Files.getPosixFilePermissions(folder).stream()
                        .map(Enum::name)
                        .toList()));
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                try {
                    assertEquals(
                            file.toString(),
                            2,
                            Files.getPosixFilePermissions(file).size());
                } catch (NoSuchFileException e) {
                    // it was renamed, since it is complete now
                }
            }
        }
    }
}
