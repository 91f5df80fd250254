package symphony.queue;

import java.time.Duration;
import java.util.Objects;
import symphony.api.queue.DeadReason;
import symphony.api.queue.Item;
import symphony.api.queue.Lease;

/** A lease of an event in memory. Thread-safe; what is not final is guarded by the queue's lock. */
final class MemoryLease implements Lease {
    final Entry entry;
    /** Its neighbours among the open leases of the queue. */
    MemoryLease previous;

    MemoryLease next;
    boolean open = true;
    private final MemoryQueue queue;
    private final Item item;

    MemoryLease(MemoryQueue queue, Entry entry) {
        this.queue = queue;
        this.entry = entry;
        // The entry's changes with a retry, this one must not.
        this.item = entry.item();
    }

    @Override
    public Item item() {
        return item;
    }

    @Override
    public long sequence() {
        return entry.sequence;
    }

    @Override
    public boolean ack() {
        return queue.ack(this);
    }

    @Override
    public boolean retry(Duration delay) {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("retry: delay is " + delay + ", must not be negative");
        }
        return queue.retry(this, Surroundings.nanosOf(delay));
    }

    @Override
    public boolean deadLetter(DeadReason reason, String exception, String detail) {
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(exception, "exception");
        Objects.requireNonNull(detail, "detail");
        return queue.deadLetter(this, reason, exception, detail);
    }

    @Override
    public boolean release(Duration delay) {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("release: delay is " + delay + ", must not be negative");
        }
        return queue.release(this, Surroundings.nanosOf(delay));
    }

    @Override
    public String toString() {
        return "lease " + entry.sequence + " of " + queue.spec().identity() + ", attempt " + (item.attempt() + 1);
    }
}
