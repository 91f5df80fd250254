package symphony.audit;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import symphony.api.audit.AuditRecord.Kind;
import symphony.api.audit.AuditUnavailableException;

/** A record that is to be written. Whoever waits for it is told what became of it. Thread-safe. */
final class Draft {
    /** What became of it. */
    private enum State {
        WAITING,
        /** The writer has it; nobody can take it back any more. */
        TAKEN,
        STORED,
        REFUSED
    }

    private final Kind kind;
    private final long timeMillis;
    private final byte[] content;
    private final Runnable refused;
    private final boolean isSum;
    private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);
    private final CountDownLatch done = new CountDownLatch(1);

    /** Why it is refused; written before {@code done}. */
    private volatile String problem = "";

    private volatile Throwable cause;

    /**
     * Not written yet.
     *
     * @param content before it is sealed
     * @param refused called once if it is not stored, or nobody knows whether it is
     */
    Draft(Kind kind, long timeMillis, byte[] content, Runnable refused) {
        this(kind, timeMillis, content, refused, false);
    }

    private Draft(Kind kind, long timeMillis, byte[] content, Runnable refused, boolean isSum) {
        this.kind = kind;
        this.timeMillis = timeMillis;
        this.content = content;
        this.refused = refused;
        this.isSum = isSum;
    }

    /** Of several things, which nobody waits for, and which are counted on if it is refused. */
    static Draft sum(Kind kind, long timeMillis, byte[] content, Runnable refused) {
        return new Draft(kind, timeMillis, content, refused, true);
    }

    /** About the trail itself. */
    static Draft ofTrail(Kind kind, long timeMillis, byte[] content) {
        return new Draft(kind, timeMillis, content, () -> {});
    }

    boolean isSum() {
        return isSum;
    }

    Kind kind() {
        return kind;
    }

    long timeMillis() {
        return timeMillis;
    }

    byte[] content() {
        return content;
    }

    /** Of those about the trail itself, which tell no secret and must be readable without keys. */
    boolean isAboutTrail() {
        return switch (kind) {
            case CHECKPOINT, GAP, RECOVERY, RETENTION, START -> true;
            case SECURITY, OPERATION, EVENT, SUMMARY -> false;
        };
    }

    /** By the writer: it is written now; false if it is given up already. */
    boolean take() {
        return state.compareAndSet(State.WAITING, State.TAKEN);
    }

    /** By the writer: it was not written yet after all. */
    void giveBack() {
        state.set(State.WAITING);
    }

    /** It is on the disk. */
    void stored() {
        state.set(State.STORED);
        done.countDown();
    }

    boolean isStored() {
        return state.get() == State.STORED;
    }

    boolean isRefused() {
        return state.get() == State.REFUSED;
    }

    /** It is not on the disk, or nobody knows. Does nothing if its outcome is known. */
    void refuse(String why, Throwable failure) {
        if (settle(State.WAITING, why, failure) || settle(State.TAKEN, why, failure)) {
            done.countDown();
        }
    }

    private boolean settle(State from, String why, Throwable failure) {
        problem = why;
        cause = failure;
        boolean changed = state.compareAndSet(from, State.REFUSED);
        if (changed) {
            refused.run();
        }
        return changed;
    }

    /** Waits until it is stored; an interrupt stays for later. Throws if it is not, or not in time. */
    void await(long nanos) {
        if (!awaitDone(nanos)) {
            // If the writer has it already nobody knows; it goes on.
            boolean notStored = settle(State.WAITING, "", null);
            if (notStored) {
                done.countDown();
            }
            throw new AuditUnavailableException(
                    "symphony.audit: no entry could be stored for " + TimeUnit.NANOSECONDS.toMillis(nanos) + " ms; "
                            + (notStored ? "this one is not" : "whether this one is, is unknown")
                            + "; see the log for why",
                    null);
        }
        if (!isStored()) {
            throw new AuditUnavailableException(problem, cause);
        }
    }

    private boolean awaitDone(long nanos) {
        long end = System.nanoTime() + nanos;
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return done.await(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
