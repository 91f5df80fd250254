package symphony.api.queue;

import java.time.Instant;
import java.util.Objects;
import org.osgi.annotation.versioning.ProviderType;
import symphony.api.crypto.Envelope;

/**
 * An event that was given up, still sealed.
 *
 * @param number counts from 1 and never repeats within a provider
 * @param subscription the identity of the subscription that gave it up
 * @param envelope the sealed event
 * @param reason why, for code
 * @param exception class name of what its handler threw last, for code; empty if it is not for an exception that it is here
 * @param detail why, for people: class and message of an exception, at most 500 characters
 * @param attempts how often it was tried, since it was re-driven if it was
 * @param sequence its place among all that its subscription ever took: of its first push, also after it was re-driven
 * @param redriven how often it was re-driven before it came here again
 * @param pushed when its subscription took it first; when it was published is in its envelope
 * @param since when it became a dead letter
 */
@ProviderType
public record DeadLetter(
        long number,
        String subscription,
        Envelope envelope,
        DeadReason reason,
        String exception,
        String detail,
        int attempts,
        long sequence,
        int redriven,
        Instant pushed,
        Instant since) {
    /** Checks that nothing is null. */
    public DeadLetter {
        Objects.requireNonNull(subscription, "subscription");
        Objects.requireNonNull(envelope, "envelope");
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(exception, "exception");
        Objects.requireNonNull(detail, "detail");
        Objects.requireNonNull(pushed, "pushed");
        Objects.requireNonNull(since, "since");
    }
}
