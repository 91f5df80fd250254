package symphony.api.queue;

import java.util.Objects;
import org.osgi.annotation.versioning.ProviderType;
import symphony.api.crypto.Envelope;
import symphony.api.event.Event;

/**
 * One event on its way to one subscription.
 *
 * @param envelope the sealed event
 * @param priority 0 (most urgent) to 9
 * @param orderKey keyed hash of what the event is about; items with equal keys are leased one at a time, in order; 0 = none
 * @param notBefore when it may first be leased, epoch milliseconds, 0 = at once
 * @param expires when it may no longer be leased, epoch milliseconds, 0 = never
 * @param attempt how many deliveries failed before, 0 for a new one
 */
@ProviderType
public record Item(Envelope envelope, int priority, long orderKey, long notBefore, long expires, int attempt) {
    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if one is out of range
     */
    public Item {
        Objects.requireNonNull(envelope, "envelope");
        Event.checkPriority(priority);
        if (notBefore < 0 || expires < 0 || attempt < 0) {
            throw new IllegalArgumentException("item: notBefore is " + notBefore + ", expires is " + expires
                    + ", attempt is " + attempt + ", none may be negative");
        }
    }

    /**
     * A new item of an envelope, with its priority and expiry, due at once.
     *
     * @param envelope the sealed event
     * @param orderKey see {@link Item}
     * @return the item
     */
    public static Item of(Envelope envelope, long orderKey) {
        return new Item(envelope, envelope.priority(), orderKey, 0, envelope.expiresMillis(), 0);
    }
}
