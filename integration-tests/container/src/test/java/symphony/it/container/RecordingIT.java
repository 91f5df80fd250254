package symphony.it.container;

import static org.awaitility.Awaitility.await;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;
import static org.ops4j.pax.exam.CoreOptions.options;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.inject.Inject;
import org.apache.felix.service.command.CommandProcessor;
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
import symphony.api.audit.AuditEntry;
import symphony.api.audit.AuditQuery;
import symphony.api.audit.AuditRecord;
import symphony.api.audit.AuditSink;
import symphony.api.audit.AuditTrail;
import symphony.api.audit.AuditUnavailableException;
import symphony.api.audit.AuditVerification;
import symphony.api.audit.AuditVerification.Verdict;
import symphony.api.audit.Outcome;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.KeyAdmin;
import symphony.api.dispatcher.EventDispatcher;
import symphony.api.event.Event;
import symphony.api.event.EventHandler;
import symphony.api.event.EventSystem;
import symphony.api.event.Subscription;
import symphony.api.rbac.AccessControl;
import symphony.api.rbac.AccessDeniedException;
import symphony.api.rbac.AccessUndecidedException;
import symphony.api.rbac.Permission;
import symphony.api.rbac.PolicyAdmin;

/** Who may write what into the trail, where a policy is in force. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class RecordingIT {
    private static final Duration DEADLINE = Duration.ofSeconds(120);
    private static final String FOREIGN = "it.foreign";
    private static final int FLOOD = 5_000;

    private static int policies;

    @Inject
    private BundleContext context;

    @Inject
    private AccessControl access;

    @Inject
    private AuditTrail trail;

    @Inject
    private KeyAdmin keys;

    @Inject
    private PolicyAdmin policy;

    @Inject
    private EventSystem events;

    @Inject
    private EventDispatcher dispatcher;

    @Inject
    private CommandProcessor processor;

    private Bundle foreign;

    @Configuration
    public Option[] productWithAccessControlAndAudit() throws IOException {
        return options(Product.bundles(RecordingIT.class));
    }

    @Before
    public void install() throws Exception {
        foreign = context.installBundle(FOREIGN, HandlerJar.stream(FOREIGN, "1.0.0", "it/nothing"));
        foreign.start();
    }

    @After
    public void uninstall() throws Exception {
        foreign.uninstall();
    }

    /** In force when it returns; the test itself may do everything. */
    private void grant(String grants) throws IOException {
        Permission mark = Permission.of("it:may:policy-" + ++policies);
        Path file = Path.of(context.getProperty("symphony.policy.file"));
        Path beside = file.resolveSibling("policy.new");
        Files.writeString(beside, """
                {"version": 1, "bundles": {
                  "%s": {"grants": ["*:*:*"]},
                  "symphony.shell": {"grants": ["shell:run:*", "crypto:peek:*"]},
                  "symphony.eventsystem": {"grants": ["event:publish-as:*"]},
                  "%s": {"grants": ["%s"]},
                  "it.marker": {"grants": ["%s"]}}}
                """.formatted(
                        context.getBundle().getSymbolicName(), FOREIGN, grants.replace(" ", "\", \""), mark));
        Files.setPosixFilePermissions(beside, PosixFilePermissions.fromString("rw-------"));
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
        await(mark.toString())
                .atMost(DEADLINE)
                .ignoreException(AccessUndecidedException.class) // before the first one
                .until(() -> access.decide("it.marker", mark).allowed());
    }

    /** As that bundle gets it. */
    private AuditSink sink() {
        BundleContext its = foreign.getBundleContext();
        await().atMost(DEADLINE).until(() -> its.getServiceReference(AuditSink.class) != null);
        return its.getService(its.getServiceReference(AuditSink.class));
    }

    private static AuditEntry refund(String target) {
        return new AuditEntry(FOREIGN, "shop:refund", target, Outcome.DONE, Map.of());
    }

    private List<AuditRecord> found(AuditQuery query) {
        return trail.find(query, AuditTrail.MOST_RECORDS).records();
    }

    private void assertIntact() {
        AuditVerification result = trail.verify();
        assertEquals(result.toString(), Verdict.INTACT, result.verdict());
    }

    @Test
    public void noBundleRecordsInTheNameOfAnotherOrWithoutPermission() throws Exception {
        grant("it:nothing:at-all");
        AuditSink sink = sink();
        assertThrows(AccessDeniedException.class, () -> sink.record(refund("without permission")));
        grant("audit:record:*");
        sink.record(refund("its own"));
        var forged = new AuditEntry("symphony.crypto", "crypto:destroy", "event/1", Outcome.DONE, Map.of());
        AccessDeniedException denied = assertThrows(AccessDeniedException.class, () -> sink.record(forged));
        assertEquals("audit:record-as:symphony.crypto", denied.permission());
        sink.count("event:publish", "symphony.shell", "it/forged", "", Outcome.DONE, new UUID(1, 1));
        AuditQuery refunds = AuditQuery.all().by(FOREIGN).doing("shop:refund");
        assertEquals(1, found(refunds.to("its own")).size());
        assertEquals(List.of(), found(refunds.to("without permission")));
        assertEquals(List.of(), found(AuditQuery.all().doing("crypto:destroy")));
        assertEquals(
                1, found(AuditQuery.all().by(FOREIGN).doing("audit:record-as")).size());
        // the core itself records in the name of its callers, as before
        keys.rotate(CryptoContext.MODEL);
        assertEquals(
                1,
                found(AuditQuery.all()
                                .by(context.getBundle().getSymbolicName())
                                .doing("crypto:rotate")
                                .to("model"))
                        .size());
        assertIntact();
    }

    @Test
    public void aBundleThatRecordsWithoutEndIsHeldAndTheTrailTellsHowMuchItWas() throws Exception {
        grant("audit:record:shop/*");
        AuditSink sink = sink();
        int refused = 0;
        for (int i = 0; i < FLOOD; i++) {
            try {
                sink.submit(refund("flood " + i));
            } catch (AuditUnavailableException e) {
                refused++;
            }
        }
        int all = refused;
        AuditQuery refusals = AuditQuery.all().by(FOREIGN).doing("audit:record").to("trail");
        await().atMost(DEADLINE)
                .until(() ->
                        found(refusals).stream().mapToLong(AuditRecord::count).sum() == all);
        long stored = found(AuditQuery.all().doing("shop:refund")).stream()
                .filter(record -> record.entry().orElseThrow().target().startsWith("flood "))
                .count();
        assertEquals(FLOOD - all, stored);
        assertTrue(stored + " were stored", stored >= 50 && stored < FLOOD / 2);
        assertTrue("far fewer records than refusals", found(refusals).size() < all / 10);
        assertIntact();
    }

    @Test
    public void recordsNameTheDecisionTheEpochOfThePolicyAndTheKey() throws Exception {
        grant("audit:record:*");
        String probe = context.getBundle().getSymbolicName();
        BundleContext its = foreign.getBundleContext();
        EventSystem itsEvents = its.getService(its.getServiceReference(EventSystem.class));
        assertThrows(
                AccessDeniedException.class,
                () -> itsEvents.publish(Event.on("it/denied").build()).orThrow());
        assertDecided(
                "none",
                newest(AuditQuery.all().by(FOREIGN).doing("event:publish").to("it/denied")));

        String key = Integer.toUnsignedString(keys.rotate(CryptoContext.EVENT).id());
        Map<String, String> rotated =
                newest(AuditQuery.all().by(probe).doing("crypto:rotate").to("event"));
        assertDecided("1", rotated);
        assertEquals(key, rotated.get(AuditEntry.KEY));

        UUID id = UUID.randomUUID();
        EventHandler handler = delivery -> {};
        try (Subscription subscription = events.subscribe("it/peeked", handler);
                Shell shell = new Shell(processor)) {
            assertTrue(dispatcher.pause(subscription.identity()));
            events.publish(Event.on("it/peeked").with("n", 1L).id(id).build()).orThrow();
            String shown = shell.run("symphony:peek " + id);
            assertTrue(shown, shown.contains("it/peeked"));
        }
        Map<String, String> peeked =
                newest(AuditQuery.all().by("symphony.shell").doing("crypto:peek"));
        assertDecided("3", peeked);
        assertEquals("sealed by the new one", key, peeked.get(AuditEntry.KEY));
        assertDecided("1", newest(AuditQuery.all().by(probe).doing("dispatcher:pause")));

        sink().record(refund("decided"));
        assertDecided(
                "5", newest(AuditQuery.all().by(FOREIGN).doing("shop:refund").to("decided")));
        assertEquals(
                "told to our own parts alone",
                "",
                access.decide(FOREIGN, Permission.of("event:publish:it/denied")).id());
    }

    private Map<String, String> newest(AuditQuery query) {
        List<AuditRecord> all = found(query);
        return all.get(all.size() - 1).entry().orElseThrow().details();
    }

    /** By that grant of the policy in force, counted from its beginning. */
    private void assertDecided(String grant, Map<String, String> details) {
        String epoch = Long.toString(policy.active().epoch());
        assertEquals(details.toString(), epoch, details.get(AuditEntry.EPOCH));
        assertEquals(details.toString(), epoch + "/" + grant, details.get(AuditEntry.DECISION));
    }
}
