package symphony.audit;

import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.AuditRecord.Kind;
import symphony.api.audit.Outcome;

/**
 * What is not in the trail: entries that were refused since a GAP record last said so, and when nothing could be written. Counting
 * is thread-safe; all else is for the writer.
 */
final class Outage {
    private final AtomicLong security = new AtomicLong();
    private final AtomicLong operations = new AtomicLong();
    private long sinceMillis;
    private String reason = "";
    private long toldSecurity;
    private long toldOperations;

    /** An entry was refused. */
    void refused(Kind kind) {
        (kind == Kind.SECURITY ? security : operations).incrementAndGet();
    }

    /** From now on nothing can be written. */
    void begin(String why, long nowMillis) {
        if (reason.isEmpty()) {
            sinceMillis = nowMillis;
            reason = why;
        }
    }

    /** Whether a GAP record is due before anything else. */
    boolean isOwed() {
        return !reason.isEmpty() || security.get() > 0 || operations.get() > 0;
    }

    /** The record that says all this; once it is stored, {@link #told}. */
    Draft gap(long nowMillis) {
        long refusedSecurity = security.get();
        long refusedOperations = operations.get();
        var details = Map.of(
                "reason",
                reason.isEmpty() ? "entries were not stored in time" : Bounded.text(reason),
                "since",
                Instant.ofEpochMilli(reason.isEmpty() ? nowMillis : sinceMillis).toString(),
                "security",
                Long.toString(refusedSecurity),
                "operations",
                Long.toString(refusedOperations));
        var entry = new AuditEntry(AuditEngine.PID, "audit:gap", AuditEngine.TRAIL, Outcome.FAILED, details);
        toldSecurity = refusedSecurity;
        toldOperations = refusedOperations;
        return Draft.ofTrail(Kind.GAP, nowMillis, Content.of(entry).encode());
    }

    /** The last {@link #gap} is stored. Returns how many refused entries it tells of. */
    long told() {
        security.addAndGet(-toldSecurity);
        operations.addAndGet(-toldOperations);
        reason = "";
        return toldSecurity + toldOperations;
    }
}
