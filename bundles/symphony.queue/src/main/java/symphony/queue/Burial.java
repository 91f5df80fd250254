package symphony.queue;

import symphony.api.queue.DeadReason;

/** An event that has left its queue as a dead letter, on its way to the others. */
final class Burial {
    final Entry entry;
    final int attempts;
    final DeadReason reason;
    final String exception;
    final String detail;
    /** Whether it keeps a slot in its queue. */
    final boolean keepsSlot;
    /** Whether its consumer said so, and knows. */
    boolean byConsumer;
    /** Where it came from, known as it leaves. */
    Origin origin;
    /** The one behind it on the way. */
    Burial next;

    Burial(Entry entry, int attempts, DeadReason reason, String exception, String detail, boolean keepsSlot) {
        this.entry = entry;
        this.attempts = attempts;
        this.reason = reason;
        this.exception = exception;
        this.detail = detail;
        this.keepsSlot = keepsSlot;
    }
}
