package symphony.api.queue;

import org.osgi.annotation.versioning.ConsumerType;
import symphony.api.crypto.Envelope;

/**
 * Is told of events that end in their queue without a word of its consumer, see {@link QueueProvider#watch}: nobody settled a
 * lease of theirs. Called on any thread, outside all locks, after what it tells of has happened and its dead letter is there. It
 * must return quickly, since the one who calls it pushes, takes or settles an event, and must not throw.
 */
@ConsumerType
public interface QueueWatcher {
    /**
     * An event expired: it is counted and gone.
     *
     * @param subscription the identity of its queue
     * @param envelope the sealed event
     */
    void expired(String subscription, Envelope envelope);

    /**
     * An event became a dead letter.
     *
     * @param subscription the identity of its queue
     * @param envelope the sealed event
     * @param reason why, for code
     * @param detail why, for people
     */
    void dead(String subscription, Envelope envelope, DeadReason reason, String detail);
}
