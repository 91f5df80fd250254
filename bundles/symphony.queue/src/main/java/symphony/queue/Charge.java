package symphony.queue;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import symphony.api.crypto.Envelope;

/**
 * The bytes that one envelope takes of the budget. With several targets it is shared by all who hold it: the queues of the
 * push, and dead letters; they go back when the last one lets go. With one, the bytes change hands: from the push to the
 * entry that took the event in, without this. Thread-safe.
 */
final class Charge {
    private static final AtomicIntegerFieldUpdater<Charge> HOLDERS =
            AtomicIntegerFieldUpdater.newUpdater(Charge.class, "holders");

    private final EnvelopeBudget budget;
    private final int bytes;
    private final boolean shared;
    private volatile int holders = 1;

    /** With one holder, the push, for bytes that were taken already. */
    Charge(EnvelopeBudget budget, int bytes, boolean shared) {
        this.budget = budget;
        this.bytes = bytes;
        this.shared = shared;
    }

    /** What an entry has to keep: this, or null if the bytes will be its own. */
    Charge kept() {
        return shared ? this : null;
    }

    /** An entry was taken in: one holder more, or another. */
    void takeIn() {
        if (shared) {
            HOLDERS.incrementAndGet(this);
        } else {
            holders = 0;
        }
    }

    /** One holder less. The push lets go in any case, also of what an entry has taken over. */
    void letGo() {
        if (holders > 0 && HOLDERS.decrementAndGet(this) == 0) {
            budget.release(bytes);
        }
    }

    /** Lets go of a hold that is kept, which is null where the bytes are the holder's own. */
    static void letGo(Charge kept, EnvelopeBudget budget, Envelope envelope) {
        if (kept == null) {
            budget.release(envelope.size());
        } else {
            kept.letGo();
        }
    }
}
