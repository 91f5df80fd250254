package symphony.audit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.audit.AuditAnchor;
import symphony.api.audit.AuditCheckpoint;
import symphony.component.QuietLog;

/**
 * Gives checkpoints to the anchors there are, each on a thread of its own, the newest one at most once in an interval, and at the end.
 * Thread-safe.
 */
final class Anchors implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Anchors.class);
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long STOP_MILLIS = 1_000;

    private final Object lock = new Object();

    // Guarded by lock.
    private final Map<AuditAnchor, Keeper> keepers = new LinkedHashMap<>();
    private AuditCheckpoint newest;
    private long intervalNanos;
    private boolean isClosed;

    Anchors(long intervalNanos) {
        this.intervalNanos = intervalNanos;
    }

    void apply(long nanos) {
        synchronized (lock) {
            intervalNanos = nanos;
            lock.notifyAll();
        }
    }

    void add(AuditAnchor anchor) {
        synchronized (lock) {
            if (!isClosed && !keepers.containsKey(anchor)) {
                var keeper = new Keeper(anchor);
                keepers.put(anchor, keeper);
                keeper.thread.start();
            }
        }
    }

    /** It is called no more, but for a call that runs. */
    void remove(AuditAnchor anchor) {
        synchronized (lock) {
            Keeper keeper = keepers.remove(anchor);
            if (keeper != null) {
                keeper.isRemoved = true;
                lock.notifyAll();
            }
        }
    }

    /** Those there are. */
    List<AuditAnchor> all() {
        synchronized (lock) {
            return new ArrayList<>(keepers.keySet());
        }
    }

    /** A newer one than before; waits for nothing. */
    void offer(AuditCheckpoint checkpoint) {
        synchronized (lock) {
            newest = checkpoint;
            lock.notifyAll();
        }
    }

    /** Gives the newest one to those that have it not yet, and waits for that for a second at most. */
    @Override
    public void close() {
        List<Keeper> all;
        synchronized (lock) {
            isClosed = true;
            all = new ArrayList<>(keepers.values());
            keepers.clear();
            lock.notifyAll();
        }
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(STOP_MILLIS);
        try {
            for (Keeper keeper : all) {
                keeper.thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime())));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The thread of one anchor. */
    private final class Keeper implements Runnable {
        private final AuditAnchor anchor;
        private final Thread thread;
        private final QuietLog failures = new QuietLog(System::nanoTime);

        /** Guarded by lock. */
        private boolean isRemoved;

        // The thread's own.
        private AuditCheckpoint kept;
        private long nextNanos = System.nanoTime();

        Keeper(AuditAnchor anchor) {
            this.anchor = anchor;
            this.thread = new Thread(null, this, "symphony-audit-anchor", 0, false);
            thread.setDaemon(true);
            thread.setContextClassLoader(Anchors.class.getClassLoader());
        }

        @Override
        public void run() {
            try {
                for (AuditCheckpoint next = next(); next != null; next = next()) {
                    keep(next);
                }
            } catch (InterruptedException e) {
                log.debug("the thread of an anchor was interrupted and ends", e);
            }
        }

        /** What is to be kept now, once it is time; null at the end. */
        private AuditCheckpoint next() throws InterruptedException {
            synchronized (lock) {
                while (!isRemoved) {
                    boolean isNew = newest != null && !newest.equals(kept);
                    long nanos = nextNanos - System.nanoTime();
                    if (isNew && (nanos <= 0 || isClosed && !hasFailedLast)) {
                        return newest;
                    }
                    if (isClosed) {
                        return null;
                    }
                    if (isNew) {
                        TimeUnit.NANOSECONDS.timedWait(lock, nanos);
                    } else {
                        lock.wait();
                    }
                }
                return null;
            }
        }

        private boolean hasFailedLast;

        /** An anchor is a foreign service: whatever it throws must not end this thread. */
        private void keep(AuditCheckpoint checkpoint) {
            try {
                anchor.keep(checkpoint);
                kept = checkpoint;
                hasFailedLast = false;
                nextNanos = System.nanoTime() + interval();
            } catch (IOException | RuntimeException | Error e) {
                hasFailedLast = true;
                nextNanos = System.nanoTime() + RETRY_NANOS;
                failures.write(more -> log.warn(
                        "symphony.audit: an anchor of {} could not keep a checkpoint; it is tried again ({} more not told)",
                        anchor.getClass().getName(),
                        more,
                        e));
            }
        }
    }

    private long interval() {
        synchronized (lock) {
            return intervalNanos;
        }
    }
}
