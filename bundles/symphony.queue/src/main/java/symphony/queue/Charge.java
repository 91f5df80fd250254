package symphony.queue;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/**
 * The bytes that one envelope takes of the budget, shared by all who hold it: the queues of one push, and dead letters. They
 * go back when the last one lets go. Thread-safe.
 */
final class Charge {
    private static final AtomicIntegerFieldUpdater<Charge> HOLDERS =
            AtomicIntegerFieldUpdater.newUpdater(Charge.class, "holders");

    private final EnvelopeBudget budget;
    private final int bytes;
    private volatile int holders = 1;

    /** With one holder, for bytes that were taken already. */
    Charge(EnvelopeBudget budget, int bytes) {
        this.budget = budget;
        this.bytes = bytes;
    }

    /** One holder more; only somebody who holds it may ask. */
    void hold() {
        HOLDERS.incrementAndGet(this);
    }

    /** One holder less. */
    void letGo() {
        if (HOLDERS.decrementAndGet(this) == 0) {
            budget.release(bytes);
        }
    }
}
