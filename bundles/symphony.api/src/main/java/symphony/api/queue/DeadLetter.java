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
 * @param detail why, for people
 * @param attempts how often it was tried
 * @param since when it became a dead letter
 */
@ProviderType
public record DeadLetter(
        long number,
        String subscription,
        Envelope envelope,
        DeadReason reason,
        String detail,
        int attempts,
        Instant since) {
    /** Checks that nothing is null. */
    public DeadLetter {
        Objects.requireNonNull(subscription, "subscription");
        Objects.requireNonNull(envelope, "envelope");
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(detail, "detail");
        Objects.requireNonNull(since, "since");
    }
}
