package symphony.audit;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import symphony.api.audit.AuditRecord.Kind;
import symphony.api.audit.AuditUnavailableException;
import symphony.audit.Fate.Stage;

/** A record that is to be written. Whoever waits for it is told what became of it. Thread-safe. */
final class Draft {
    private final Kind kind;
    private final long timeMillis;
    private final byte[] content;
    private final Owner owner;
    private final AtomicReference<Fate> fate = new AtomicReference<>(Fate.WAITING);
    private final CountDownLatch told = new CountDownLatch(1);

    /** Learns how it ends. */
    interface Owner {
        /** It is not stored. Called once; again if it throws. */
        void refused();

        /** It is stored as the record of that number, though whoever waited was told that nobody knows. */
        default void storedInDoubt(long sequence) {
            // Nobody waited.
        }
    }

    /**
     * Not written yet.
     *
     * @param content before it is sealed
     */
    Draft(Kind kind, long timeMillis, byte[] content, Owner owner) {
        this.kind = kind;
        this.timeMillis = timeMillis;
        this.content = content;
        this.owner = owner;
    }

    /** About the trail itself. */
    static Draft ofTrail(Kind kind, long timeMillis, byte[] content) {
        return new Draft(kind, timeMillis, content, () -> {});
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
        return StoredRecord.isAboutTrail(kind);
    }

    /** Of those that a GAP counts; all others are counted on if they are not stored. */
    boolean isEntry() {
        return kind == Kind.SECURITY || kind == Kind.OPERATION;
    }

    Fate fate() {
        return fate.get();
    }

    boolean isRefused() {
        return fate.get().stage() == Stage.REFUSED;
    }

    // ---- by the writer ----

    /** It is written now; false if it is given up already. */
    boolean take() {
        return fate.compareAndSet(Fate.WAITING, Fate.TAKEN);
    }

    /** It was not written yet after all; who gave it up meanwhile is right. */
    void giveBack() {
        if (!fate.compareAndSet(Fate.TAKEN, Fate.WAITING)) {
            refuse(Fate.refused(fate.get().problem(), fate.get().cause()));
        }
    }

    /** It is on the disk. */
    void stored(long sequence) {
        Fate before = fate.getAndSet(Fate.STORED);
        told.countDown();
        if (before.stage() == Stage.DOUBTED) {
            owner.storedInDoubt(sequence);
        }
    }

    /** Nobody knows whether it is on the disk. */
    void doubt(Fate why) {
        if (fate.compareAndSet(Fate.TAKEN, why)) {
            told.countDown();
        }
    }

    /** It is not on the disk. Does nothing if its outcome is known. */
    void refuse(Fate why) {
        for (Fate now = fate.get(); now.isOpen(); now = fate.get()) {
            refuse(now, why);
        }
    }

    private void refuse(Fate from, Fate why) {
        if (!fate.compareAndSet(from, why)) {
            return;
        }
        boolean isDone = false;
        try {
            owner.refused();
            isDone = true;
        } finally {
            if (isDone) {
                told.countDown();
            } else {
                fate.set(from); // what it counts must not get lost where memory is short
            }
        }
    }

    // ---- by whoever waits ----

    /** Waits until it is known what became of it, or nobody can; false if not in time. An interrupt stays for later. */
    boolean await(long nanos) {
        long end = System.nanoTime() + nanos;
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return told.await(end - System.nanoTime(), TimeUnit.NANOSECONDS);
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

    /** It took too long: nobody waits any more. All who wait for it with the caller are told so, too. */
    void giveUp(long nanos) {
        String late =
                AuditEngine.PID + ": no entry could be stored for " + TimeUnit.NANOSECONDS.toMillis(nanos) + " ms; ";
        String seeLog = "; see the log for why";
        for (Fate now = fate.get(); now.stage().compareTo(Stage.DOUBTED) < 0; now = fate.get()) {
            if (now.stage() == Stage.WAITING) {
                refuse(now, Fate.refused(late + "this one is not" + seeLog, null));
            } else {
                doubt(Fate.doubted(late + "whether this one is, is unknown" + seeLog, null));
            }
        }
    }

    /** Throws if it is not stored, or nobody knows. */
    void requireStored() {
        Fate is = fate.get();
        if (is.stage() != Stage.STORED) {
            throw new AuditUnavailableException(is.problem(), is.cause());
        }
    }
}
