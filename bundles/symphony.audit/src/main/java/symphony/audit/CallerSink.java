package symphony.audit;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.AuditSink;
import symphony.api.audit.AuditUnavailableException;
import symphony.api.audit.Outcome;
import symphony.api.rbac.Decision;
import symphony.api.rbac.SecurityContext;
import symphony.component.Guard;

/**
 * The audit as a bundle tells it that is none of ours: in its own name, what it has the permission for, and no more than the
 * bounds say. Thread-safe.
 */
final class CallerSink implements AuditSink {
    /*
     * The bounds come first: what is refused for them costs no decision and leaves no record of a denial of its own. All of
     * it is told by one kind of denial, of which there is a record a second at most, with the number.
     */
    private static final String DOMAIN = "audit";

    /** What the trail says of its own accord, whatever a caller has written there. */
    private static final String BY = "by";

    private static final String USER = "user";
    private static final Set<String> OURS = Set.of(BY, USER, AuditEntry.DECISION, AuditEntry.EPOCH);

    private final AuditEngine engine;
    private final CallerBounds bounds;
    private final Guard guard;
    private final String caller;
    private final long bundle;

    /**
     * For one bundle.
     *
     * @param caller its principal
     * @param bundle its id, by which its bound is remembered
     */
    CallerSink(AuditEngine engine, CallerBounds bounds, Guard guard, String caller, long bundle) {
        this.engine = engine;
        this.bounds = bounds;
        this.guard = guard;
        this.caller = caller;
        this.bundle = bundle;
    }

    @Override
    public void record(AuditEntry entry) {
        engine.record(permitted(entry));
    }

    @Override
    public void submit(AuditEntry entry) {
        engine.submit(permitted(entry));
    }

    private AuditEntry permitted(AuditEntry entry) {
        AuditEntry bounded = Bounded.entry(withoutOurs(entry), Bounded.DETAILS - OURS.size());
        AuditSettings settings = engine.settings();
        if (!bounds.take(bundle, Content.of(bounded).encode().length, settings)) {
            throw refused(settings);
        }
        Decision decision = guard.check(caller, DOMAIN, "record", instance(bounded.action()));
        if (!bounded.actor().equals(caller)) {
            decision = guard.check(caller, DOMAIN, "record-as", instance(bounded.actor()));
        }
        return signed(bounded, decision);
    }

    private static AuditEntry withoutOurs(AuditEntry entry) {
        var details = new HashMap<>(entry.details());
        details.keySet().removeAll(OURS);
        return new AuditEntry(entry.actor(), entry.action(), entry.target(), entry.outcome(), details);
    }

    /** As instances of other permissions are written, with segments. */
    private static String instance(String text) {
        return text.replace(':', '/');
    }

    private AuditUnavailableException refused(AuditSettings settings) {
        var refusal = new AuditUnavailableException(
                AuditEngine.PID + ": the entry is not stored: " + caller + " records more than "
                        + settings.callerEntries()
                        + " entries or " + settings.callerBytes() + " bytes a second; record less, or set "
                        + AuditSettings.CALLER_ENTRIES + " and " + AuditSettings.CALLER_BYTES + " in PID "
                        + AuditEngine.PID,
                null);
        try {
            tellRefusal("record", "too much");
        } catch (AuditUnavailableException e) {
            refusal.addSuppressed(e);
        }
        return refusal;
    }

    /** Waits for nothing: a denial as any other, of which the first is a record and the others a number. */
    private void tellRefusal(String action, String reason) {
        engine.takeIn(new AuditEntry(
                caller, DOMAIN + ':' + action, AuditEngine.TRAIL, Outcome.DENIED, Map.of("reason", reason)));
    }

    /** With who has told it, who is at work, and by which decision. */
    private AuditEntry signed(AuditEntry entry, Decision decision) {
        var details = new HashMap<>(entry.details());
        if (!entry.actor().equals(caller)) {
            details.put(BY, caller);
        }
        SecurityContext.current().user().ifPresent(user -> details.put(USER, user));
        if (!decision.id().isEmpty()) {
            details.put(AuditEntry.DECISION, decision.id());
            details.put(AuditEntry.EPOCH, Long.toString(decision.epoch()));
        }
        return new AuditEntry(entry.actor(), entry.action(), entry.target(), entry.outcome(), details);
    }

    /** Nothing is counted: only what moves events knows their steps. */
    @Override
    public void count(
            String action, String principal, String topic, String subscription, Outcome outcome, UUID eventId) {
        try {
            tellRefusal("count", "not of the core");
        } catch (AuditUnavailableException e) {
            // Nothing is counted either way, and who counts is never refused; the trail tells what it could not take.
        }
    }
}
