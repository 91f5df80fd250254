package symphony.audit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    /*
     * Anchors are foreign services: none of their code runs while the lock is held, nor on the writer's thread, so they are told
     * apart by identity. Their threads are made by the writer's thread, not while the bundle that registers one is on the
     * stack: on Java 17 a thread keeps the class loaders of who made it.
     */
    private static final Logger log = LoggerFactory.getLogger(Anchors.class);
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(10);
    static final long STOP_MILLIS = 1_000;

    private final Object lock = new Object();

    // Guarded by lock.
    private final Map<AuditAnchor, Keeper> keepers = new IdentityHashMap<>();
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

    /** It is called once its thread is there, see {@link #startThreads}. */
    void add(AuditAnchor anchor) {
        synchronized (lock) {
            if (!isClosed) {
                keepers.putIfAbsent(anchor, new Keeper(anchor));
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

    /** A newer one than before; waits for nothing. By the writer's thread. */
    void offer(AuditCheckpoint checkpoint) {
        synchronized (lock) {
            newest = checkpoint;
            lock.notifyAll();
        }
        startThreads();
    }

    /** Of those anchors that have none yet. By the writer's thread, which goes on if there can be no more threads. */
    void startThreads() {
        for (Keeper keeper : keepers()) {
            try {
                keeper.start();
            } catch (OutOfMemoryError e) {
                keeper.tellFailure(e);
            }
        }
    }

    private List<Keeper> keepers() {
        synchronized (lock) {
            return new ArrayList<>(keepers.values());
        }
    }

    /** Gives the newest one to those that have it not yet, and waits for that for a second at most. */
    @Override
    public void close() {
        close(STOP_MILLIS);
    }

    /** The same; waits for that long at most. */
    void close(long millis) {
        List<Keeper> all;
        synchronized (lock) {
            isClosed = true;
            all = keepers();
            keepers.clear();
            lock.notifyAll();
        }
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        for (Keeper keeper : all) {
            keeper.end(Math.max(1, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime())));
        }
    }

    /** The thread of one anchor. */
    private final class Keeper implements Runnable {
        private final AuditAnchor anchor;
        private final QuietLog failures = new QuietLog(System::nanoTime);

        // Guarded by lock.
        private Optional<Thread> thread = Optional.empty();
        private boolean isRemoved;

        // The thread's own.
        private AuditCheckpoint kept;
        private long lastNanos;
        private boolean hasKept;
        private boolean hasFailedLast;
        private boolean isLastTold;

        Keeper(AuditAnchor anchor) {
            this.anchor = anchor;
        }

        void start() {
            synchronized (lock) {
                if (thread.isPresent() || isRemoved || isClosed) {
                    return;
                }
            }
            var made = new Thread(null, this, "symphony-audit-anchor", 0, false);
            made.setDaemon(true);
            made.setContextClassLoader(Anchors.class.getClassLoader());
            made.start();
            synchronized (lock) {
                thread = Optional.of(made);
            }
        }

        private Optional<Thread> thread() {
            synchronized (lock) {
                return thread;
            }
        }

        /** Waits for its end, and leaves it alone if it hangs. */
        void end(long millis) {
            Optional<Thread> started = thread();
            if (started.isEmpty()) {
                return;
            }
            try {
                started.get().join(millis);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            if (started.get().isAlive()) {
                started.get().interrupt();
                log.warn(
                        "symphony.audit: an anchor of {} does not answer; its thread is left",
                        anchor.getClass().getName());
            }
        }

        @Override
        public void run() {
            try {
                for (Optional<AuditCheckpoint> next = next(); next.isPresent(); next = next()) {
                    keep(next.get());
                }
            } catch (InterruptedException e) {
                log.debug("the thread of an anchor was interrupted and ends", e);
            }
        }

        /** What is to be kept now, once it is time; empty at the end. */
        private Optional<AuditCheckpoint> next() throws InterruptedException {
            synchronized (lock) {
                while (!isRemoved) {
                    boolean isNew = newest != null && !newest.equals(kept);
                    long nanos = nanosLeft();
                    if (isNew && (isClosed ? !isLastTold : nanos <= 0)) {
                        isLastTold = isClosed;
                        return Optional.of(newest);
                    }
                    if (isClosed) {
                        return Optional.empty();
                    }
                    if (isNew) {
                        TimeUnit.NANOSECONDS.timedWait(lock, nanos);
                    } else {
                        lock.wait();
                    }
                }
                return Optional.empty();
            }
        }

        /** By the interval that is configured now. */
        private long nanosLeft() {
            if (hasFailedLast) {
                return lastNanos + RETRY_NANOS - System.nanoTime();
            }
            return hasKept ? lastNanos + intervalNanos - System.nanoTime() : 0;
        }

        /** An anchor is a foreign service: whatever it throws must not end this thread. */
        private void keep(AuditCheckpoint checkpoint) {
            try {
                anchor.keep(checkpoint);
                kept = checkpoint;
                hasKept = true;
                hasFailedLast = false;
            } catch (IOException | RuntimeException | Error e) {
                hasFailedLast = true;
                tellFailure(e);
            }
            lastNanos = System.nanoTime();
        }

        void tellFailure(Throwable e) {
            failures.write(more -> log.warn(
                    "symphony.audit: an anchor of {} could not keep a checkpoint; it is tried again ({} more not told)",
                    anchor.getClass().getName(),
                    more,
                    e));
        }
    }
}
