package symphony.api.queue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Makes and keeps the queues of one kind. Queues outlive those who open them: a dispatcher that is replaced opens them again
 * by identity and finds what waits. Registered as a service with the property {@link #KIND}. Thread-safe.
 *
 * <p>The service of the core knows its caller. Parts of the core use it as it is. Where permissions are decided any
 * other bundle needs, at each call, {@code queue:use:*} to open, push, watch, limit shares and forget,
 * {@code queue:list:*} to list queues and find events, and what {@link DeadLetters} says; what it changes leaves an
 * audit entry first. An open queue is its opener's. Without the permission
 * {@link symphony.api.rbac.AccessDeniedException} is thrown; where the entry cannot be stored,
 * {@link symphony.api.audit.AuditUnavailableException}. A provider of yours decides by itself whom it serves.
 */
@ProviderType
public interface QueueProvider {
    /** Service property: the kind, as {@code memory}. */
    String KIND = "symphony.queue.kind";

    /**
     * The kind.
     *
     * @return as {@code memory}, {@code journal}
     */
    String kind();

    /**
     * What this kind can do beyond the core of the contract.
     *
     * @return an unmodifiable set
     */
    Set<Capability> capabilities();

    /**
     * Opens a queue; made if there is none of that identity, else given the new specification.
     *
     * @param spec what for
     * @return the queue; there is one consumer at a time
     * @throws IllegalStateException if it is open already, or the provider is closed
     */
    EventQueue open(QueueSpec spec);

    /**
     * The queues that are kept, open or not.
     *
     * @return an unmodifiable list, by identity
     */
    List<QueueSpec> queues();

    /**
     * From now on each queue refuses as {@link symphony.api.event.Refusal.Reason#SHARE} an event of a publisher that has its
     * share of the capacity there already: of the events that wait, are delayed or are leased. At least one event is always
     * allowed, whatever the share. Nobody waits for it, and what is re-driven is not refused for it. Does nothing without
     * {@link Capability#PUBLISHER_SHARE}.
     *
     * @param percents most percent of each queue's capacity, 1 to 99, by the symbolic name of the publisher; others have no
     *     limit; replaces those of before
     */
    default void limitShares(Map<String, Integer> percents) {
        // without the capability
    }

    /**
     * Pushes one event to all its queues of this kind: one write, one charge to the memory budget. Waits up to a time for
     * those that are full; with a time of zero it never blocks (a durable kind waits for its disk nevertheless).
     *
     * @param topic the event's topic
     * @param targets open queues of this provider; all items have the same envelope
     * @param maxWait longest wait in total, not negative
     * @return what became of each, in the order of the targets; one that was interrupted while it waited is refused as
     *     {@code INTERRUPTED}, and the thread's interrupt stays pending
     * @throws IllegalArgumentException if the time is negative, a queue is not of this provider, or the envelopes differ
     */
    List<Offer> push(String topic, List<Target> targets, Duration maxWait);

    /**
     * Looks for an event by its id, without taking it: where it waits, is delayed or is with its handler. Walks through all
     * that is kept; for people, not for programs.
     *
     * @param eventId the event's
     * @return an unmodifiable list by identity, one entry for each time that it is kept; empty if it is not, or the kind has no
     *     {@link Capability#PEEK}
     */
    default List<QueuedEvent> find(UUID eventId) {
        return List.of();
    }

    /**
     * Tells somebody, from now on, of each event that expires, and of each that becomes a dead letter by anything else than
     * {@link Lease#deadLetter(DeadReason, String, String)}. Not told is what a queue drops as it is forgotten, or reports when the
     * provider stops. A second time, or by a kind without {@link Capability#WATCH}, it does nothing.
     *
     * @param watcher told until it is given to {@link #unwatch}
     */
    default void watch(QueueWatcher watcher) {}

    /**
     * Tells somebody no more; a call that has begun may still go on.
     *
     * @param watcher as given to {@link #watch}; another is ignored
     */
    default void unwatch(QueueWatcher watcher) {}

    /**
     * What was given up.
     *
     * @return the dead letters of all queues of this kind
     */
    DeadLetters deadLetters();

    /**
     * Forgets a queue that is not open, and drops what waits there.
     *
     * @param identity the subscription's
     * @return how many events were dropped; 0 if there was no such queue
     * @throws IllegalStateException if it is open
     */
    int forget(String identity);
}
