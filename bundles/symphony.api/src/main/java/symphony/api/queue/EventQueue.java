package symphony.api.queue;

import java.time.Duration;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;
import symphony.api.crypto.Envelope;

/**
 * The queue of one subscription, opened by its consumer. Leases are handed out by effective priority (0 before 9, one level
 * more urgent for each time of {@code aging}, a key of the provider's configuration, waited since the first push), then by the sequence of the first push. An item
 * that is not due, or whose order key is leased or waits for a retry, is passed over. An item that expires while it waits is
 * counted and not handed out. Thread-safe; nothing but {@link #pop(Duration)} blocks.
 */
@ProviderType
public interface EventQueue extends AutoCloseable {
    /**
     * What it is for.
     *
     * @return the specification, as last updated
     */
    QueueSpec spec();

    /**
     * Changes what it is for; what waits stays, also if it is more than the new capacity, and keeps the order key and the time of
     * expiry that it was pushed with.
     *
     * @param spec with the same identity
     * @throws IllegalArgumentException if the identity differs
     * @throws IllegalStateException if the queue is closed
     */
    void update(QueueSpec spec);

    /**
     * Adds an event.
     *
     * @param item what
     * @return what became of it, never null
     */
    Offer push(Item item);

    /**
     * Takes the most urgent event that is due.
     *
     * @return its lease; {@link Lease#NONE} if nothing is due, or the queue is paused or closed
     */
    Lease pop();

    /**
     * Takes the most urgent event that is due, and waits for one. Of several that wait, one is woken per event.
     *
     * @param timeout longest wait, not negative
     * @return its lease; {@link Lease#NONE} if the time was over or the queue was closed
     * @throws IllegalArgumentException if the time is negative
     * @throws InterruptedException if the thread was interrupted; nothing was taken
     */
    Lease pop(Duration timeout) throws InterruptedException;

    /**
     * Sets the one who is told when something can be taken: after each change from nothing due to something due, at once if
     * something is due now. Called on any thread, outside all locks; must return quickly and not throw. There may be more
     * calls than changes, never fewer.
     *
     * @param signal replaces the one before
     */
    void whenReady(Runnable signal);

    /**
     * The priority that the next {@link #pop()} would look at.
     *
     * @return effective priority of the most urgent event that is due; -1 if nothing can be taken
     */
    int readyPriority();

    /** Hands out nothing until {@link #resume()}; pushes go on. */
    void pause();

    /** Hands out again. */
    void resume();

    /**
     * Its counters.
     *
     * @return all of one moment
     */
    QueueStats stats();

    /**
     * Looks at what waits, most urgent first, without taking it.
     *
     * @param most at most so many
     * @return an unmodifiable list; empty if the kind has no {@link Capability#PEEK}
     */
    List<Envelope> peek(int most);

    /**
     * Makes each event that waits or is delayed a dead letter; leased ones stay.
     *
     * @param reason for code
     * @param detail for people
     * @return how many
     */
    int deadLetterAll(DeadReason reason, String detail);

    /**
     * Lets go of it: releases all leases and wakes those who wait. What waits stays with the provider, until the queue is
     * opened again or forgotten; pushes through this one are refused as {@code CLOSED}. A second time it does nothing.
     */
    @Override
    void close();
}
