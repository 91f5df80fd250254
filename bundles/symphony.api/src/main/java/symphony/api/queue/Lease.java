package symphony.api.queue;

import java.time.Duration;
import org.osgi.annotation.versioning.ProviderType;

/**
 * An event that was taken from a queue to be handled, and is settled exactly once: by {@link #ack()}, {@link #retry},
 * {@link #deadLetter} or {@link #release}. Leases do not expire; closing the queue releases them all. A leased event keeps
 * its slot, so none of these is ever refused. Thread-safe: of several calls one wins, the others return false.
 */
@ProviderType
public interface Lease {
    /** No event. Its item must not be asked for, and settling it does nothing. */
    Lease NONE = new NoLease();

    /**
     * Whether this is an event.
     *
     * @return false for {@link #NONE}
     */
    default boolean isPresent() {
        return this != NONE;
    }

    /**
     * What was taken.
     *
     * @return the item, with the attempts that failed before
     */
    Item item();

    /**
     * Its number in its queue.
     *
     * @return the sequence of its first push
     */
    long sequence();

    /**
     * It was handled.
     *
     * @return whether this call settled the lease
     */
    boolean ack();

    /**
     * It failed: it returns to its place in the queue, with one attempt more, once the delay is over. Priority, sequence and
     * order key stay.
     *
     * @param delay not negative
     * @return whether this call settled the lease
     * @throws IllegalArgumentException if the delay is negative
     */
    boolean retry(Duration delay);

    /**
     * It is given up, and not for an exception.
     *
     * @param reason for code
     * @param detail for people; cut at 500 characters
     * @return whether this call settled the lease
     */
    default boolean deadLetter(DeadReason reason, String detail) {
        return deadLetter(reason, "", detail);
    }

    /**
     * It is given up.
     *
     * @param reason for code
     * @param exception class name of what its handler threw, empty if it threw nothing; cut at 500 characters
     * @param detail for people, as the exception's class and message; cut at 500 characters
     * @return whether this call settled the lease
     */
    boolean deadLetter(DeadReason reason, String exception, String detail);

    /**
     * It was not tried: it returns to its place as it was, due at once.
     *
     * @return whether this call settled the lease
     */
    default boolean release() {
        return release(Duration.ZERO);
    }

    /**
     * It could not be tried: it returns to its place as it was once the delay is over, and holds its order key until then.
     *
     * @param delay not negative
     * @return whether this call settled the lease
     * @throws IllegalArgumentException if the delay is negative
     */
    boolean release(Duration delay);
}

/** The lease that {@link Lease#NONE} is. */
final class NoLease implements Lease {
    @Override
    public Item item() {
        throw new IllegalStateException("Lease.NONE has no item; ask isPresent() first");
    }

    @Override
    public long sequence() {
        return -1;
    }

    @Override
    public boolean ack() {
        return false;
    }

    @Override
    public boolean retry(Duration delay) {
        return false;
    }

    @Override
    public boolean deadLetter(DeadReason reason, String exception, String detail) {
        return false;
    }

    @Override
    public boolean release(Duration delay) {
        return false;
    }

    @Override
    public String toString() {
        return "no lease";
    }
}
