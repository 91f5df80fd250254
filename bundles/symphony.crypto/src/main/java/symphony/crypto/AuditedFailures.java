package symphony.crypto;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.Outcome;
import symphony.api.crypto.CryptoContext;
import symphony.component.Guard;

/**
 * Audits failures from a thread of its own: an audit entry may wait for a disk, those who open may not. The thread sleeps
 * while there is nothing to tell.
 */
final class AuditedFailures implements OpenFailures {
    static final String ACTION = "crypto:open";

    private static final Logger log = LoggerFactory.getLogger(AuditedFailures.class);
    private static final long STOP_MILLIS = 1000;

    private final FailureLedger ledger = new FailureLedger();
    private final Guard guard;
    private final Thread thread;
    private volatile boolean closed;

    /** The audit's state as last logged. Reporting thread only. */
    private boolean unavailable;

    AuditedFailures(Guard guard) {
        this.guard = guard;
        this.thread = new Thread(null, this::run, Crypto.PID + " failures", 0, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(AuditedFailures.class.getClassLoader());
    }

    AuditedFailures start() {
        thread.start();
        return this;
    }

    @Override
    public void add(CryptoContext context, OpenFailure failure, int keyId) {
        if (ledger.add(context, failure, keyId)) {
            LockSupport.unpark(thread);
        }
    }

    private void run() {
        while (!closed) {
            long nanos = ledger.flush(System.nanoTime(), false, this::record);
            if (nanos == FailureLedger.NOTHING_WAITS) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, nanos);
            }
        }
        ledger.flush(System.nanoTime(), true, this::record);
    }

    /** The audit is a foreign service: whatever it throws must not end this thread. */
    private boolean record(CryptoContext context, OpenFailure failure, long count, int newestKey) {
        var details = new HashMap<>(Map.of("reason", failure.text(), "count", Long.toString(count)));
        if (failure.namesKey()) {
            details.put(AuditEntry.KEY, Integer.toUnsignedString(newestKey));
        }
        try {
            guard.record(Crypto.PID, ACTION, context.name(), Outcome.FAILED, details);
            unavailable = false;
            return true;
        } catch (RuntimeException e) {
            if (!unavailable) {
                log.warn("failed openings are counted until the audit takes them: {}", e.toString());
            }
            unavailable = true;
            return false;
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        try {
            thread.join(STOP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
