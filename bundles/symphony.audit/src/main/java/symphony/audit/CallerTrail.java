package symphony.audit;

import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import symphony.api.audit.AuditPage;
import symphony.api.audit.AuditQuery;
import symphony.api.audit.AuditRecord;
import symphony.api.audit.AuditStatus;
import symphony.api.audit.AuditTrail;
import symphony.api.audit.AuditVerification;
import symphony.api.audit.Outcome;
import symphony.api.rbac.Decision;
import symphony.component.Guard;

/** The trail as one caller reads it: with that caller's permissions. Thread-safe. */
final class CallerTrail implements AuditTrail {
    private static final String DOMAIN = "audit";

    private final TrailReading reading;
    private final Guard guard;
    private final String caller;

    CallerTrail(TrailReading reading, Guard guard, String caller) {
        this.reading = reading;
        this.guard = guard;
        this.caller = caller;
    }

    @Override
    public AuditPage find(AuditQuery query, int most) {
        check("read");
        return reading.find(Objects.requireNonNull(query, "query"), most);
    }

    @Override
    public AuditPage tail(int most) {
        check("read");
        return reading.tail(most);
    }

    @Override
    public Optional<AuditRecord> show(long sequence) {
        check("read");
        return reading.show(sequence);
    }

    @Override
    public AuditVerification verify() {
        check("verify");
        return reading.verify();
    }

    @Override
    public long export(AuditQuery query, Appendable to) throws IOException {
        Objects.requireNonNull(query, "query");
        Objects.requireNonNull(to, "to");
        Decision decision = check("export");
        var details = Map.of("from", Long.toString(query.sequence()));
        guard.record(caller, "audit:export", AuditEngine.TRAIL, Outcome.DONE, details, decision);
        return reading.export(query, to);
    }

    @Override
    public AuditStatus status() {
        return reading.status();
    }

    private Decision check(String action) {
        return guard.check(caller, DOMAIN, action, AuditEngine.TRAIL);
    }
}
