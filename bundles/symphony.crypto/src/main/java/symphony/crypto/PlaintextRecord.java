package symphony.crypto;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.audit.Outcome;
import symphony.component.Excerpt;
import symphony.component.Guard;

/**
 * Has it audited that encryption is off, once: as soon as there is an audit that takes it, from a thread of its own, since
 * an entry may wait for a disk. Thread-safe.
 */
final class PlaintextRecord implements AutoCloseable {
    static final String ACTION = "crypto:off";

    private static final Logger log = LoggerFactory.getLogger(PlaintextRecord.class);
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long STOP_MILLIS = 1000;
    private static final int MOST_CHARS = 200;

    private final Guard guard;
    private final Thread thread;
    private volatile boolean closed;

    PlaintextRecord(Guard guard) {
        this.guard = guard;
        this.thread = new Thread(null, this::run, Crypto.PID + " plaintext", 0, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(PlaintextRecord.class.getClassLoader());
    }

    PlaintextRecord start() {
        thread.start();
        return this;
    }

    /** An audit came. */
    void look() {
        LockSupport.unpark(thread);
    }

    private void run() {
        boolean told = false;
        while (!closed) {
            if (!guard.counts()) {
                LockSupport.park(this);
            } else if (isRecorded(told)) {
                return;
            } else {
                told = true;
                LockSupport.parkNanos(this, AGAIN_NANOS);
            }
        }
    }

    /** The audit is a foreign service: whatever it throws must not end this thread. */
    private boolean isRecorded(boolean told) {
        try {
            guard.record(
                    Crypto.PID,
                    ACTION,
                    "events",
                    Outcome.DONE,
                    Map.of("launch", "symphony.encryption=off symphony.environment=dev"));
            return true;
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            if (!told) {
                log.warn(
                        "symphony.crypto: that encryption is off is not in the audit trail yet, it is tried again each"
                                + " second: {}",
                        Excerpt.of(e, MOST_CHARS));
            }
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
