package symphony.dispatcher;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.audit.AuditUnavailableException;
import symphony.api.audit.Outcome;
import symphony.api.crypto.Envelope;
import symphony.api.queue.DeadReason;
import symphony.api.queue.QueueWatcher;
import symphony.component.Guard;
import symphony.component.QuietLog;

/**
 * Has it audited, and shown to those who look, that events end without being handled: one record for each dead letter and
 * each event that expired, a hundred a second at most; what comes on top, and what the audit does not take, is counted in
 * its summaries. Waits for no disk, and nothing that the audit does reaches the flow of events. Thread-safe.
 */
final class AuditedEnds implements QueueWatcher {
    static final int MOST_PER_SECOND = 100;

    private static final Logger log = LoggerFactory.getLogger(AuditedEnds.class);
    private static final String DEAD = "event:dead";
    private static final String EXPIRED = "event:expired";

    private final Monitors monitors;
    private final Guard guard;
    private final LongSupplier nanos;
    private final QuietLog failures;
    private final ReentrantLock lock = new ReentrantLock();
    private final TokenBucket records; // guarded by lock

    AuditedEnds(Monitors monitors, Guard guard, LongSupplier nanos) {
        this.monitors = monitors;
        this.guard = guard;
        this.nanos = nanos;
        this.failures = new QuietLog(nanos);
        this.records = new TokenBucket(MOST_PER_SECOND, nanos.getAsLong());
    }

    /** An event was not handled in time. */
    @Override
    public void expired(String subscription, Envelope envelope) {
        monitors.expired(subscription, envelope);
        audit(EXPIRED, subscription, envelope, Outcome.FAILED, Map.of());
    }

    /** An event is given up without a call of its own. */
    @Override
    public void dead(String subscription, Envelope envelope, DeadReason reason, String detail) {
        monitors.dead(subscription, envelope, reason, detail);
        auditDead(subscription, envelope, reason);
    }

    /** An event is given up, as it was a handler's turn. */
    void dead(Call call, DeadReason reason, String detail) {
        monitors.dead(call, reason, detail);
        auditDead(call.lane.identity, call.lease.item().envelope(), reason);
    }

    /** Without the detail, which may be a handler's text. */
    private void auditDead(String subscription, Envelope envelope, DeadReason reason) {
        boolean denial = reason == DeadReason.DENIED || reason == DeadReason.PUBLISHER_REVOKED;
        audit(DEAD, subscription, envelope, denial ? Outcome.DENIED : Outcome.FAILED, Map.of("reason", reason.name()));
    }

    private void audit(
            String action, String subscription, Envelope envelope, Outcome outcome, Map<String, String> reason) {
        if (!guard.counts()) { // nothing is read from the envelope for nobody
            return;
        }
        String owner = Identities.bundleOf(subscription);
        if (!mayRecord() || !isRecorded(owner, action, subscription, envelope, outcome, reason)) {
            guard.count(action, owner, envelope.topic(), subscription, outcome, envelope.eventId());
        }
    }

    private boolean mayRecord() {
        lock.lock();
        try {
            boolean may = records.has(1, nanos.getAsLong());
            if (may) {
                records.take(1);
            }
            return may;
        } finally {
            lock.unlock();
        }
    }

    private boolean isRecorded(
            String owner,
            String action,
            String subscription,
            Envelope envelope,
            Outcome outcome,
            Map<String, String> reason) {
        var details = new HashMap<>(reason);
        details.put("subscription", subscription);
        details.put("event", envelope.eventId().toString());
        try {
            guard.submit(owner, action, envelope.topic(), outcome, details);
            return true;
        } catch (AuditUnavailableException e) {
            log.debug("counted instead", e); // the audit itself tells that it is down
            return false;
        } catch (RuntimeException | LinkageError | StackOverflowError e) { // as while its bundle is replaced
            failures.write(more -> log.warn(
                    "audit failed as it was told of {} on {} for {} ({} more not told)",
                    action,
                    envelope.topic(),
                    subscription,
                    more,
                    e));
            return false;
        }
    }
}
