package symphony.api.dispatcher;

import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Something that happened to an event, without its data.
 *
 * @param kind what
 * @param at when it happened
 * @param eventId the event's id
 * @param topic where it was published to
 * @param priority its priority
 * @param publisher symbolic name of the bundle that published it
 * @param published when it was published
 * @param subscription where it happened; empty if it concerns none
 * @param attempt which attempt it was, from 1; 0 if it was none
 * @param reason a {@link symphony.api.event.Refusal.Reason} or {@link symphony.api.queue.DeadReason}; empty if there is none
 * @param detail why, for people, at most some hundred characters; may be empty
 */
@ProviderType
public record MonitorEntry(
        Kind kind,
        Instant at,
        UUID eventId,
        String topic,
        int priority,
        String publisher,
        Instant published,
        String subscription,
        int attempt,
        String reason,
        String detail) {
    /** Checks that nothing is null. */
    public MonitorEntry {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(eventId, "eventId");
        Objects.requireNonNull(topic, "topic");
        Objects.requireNonNull(publisher, "publisher");
        Objects.requireNonNull(published, "published");
        Objects.requireNonNull(subscription, "subscription");
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(detail, "detail");
    }

    /** What happened. */
    public enum Kind {
        /** It came in: told of each event once, before anything else. */
        PUBLISHED,
        /** No subscription wanted it. */
        UNHANDLED,
        /** A subscription refused it; without a subscription, the dispatcher. */
        REFUSED,
        /** A subscription had it already, see {@link symphony.api.event.HandlerConstants#DUPLICATES_WINDOW}. */
        DUPLICATE,
        /** A handler handled it. */
        DELIVERED,
        /** A handler failed; it is tried again. */
        FAILED,
        /**
         * It was given up, and is a dead letter; the reason says why. Attempt 0 if that was not for a call of its own: it found
         * its subscription full, followed another of its order key, lost its handler, or its key was destroyed.
         */
        DEAD,
        /** Its time to live, or that of its subscription, was over before a handler took it, or took it again. */
        EXPIRED
    }
}
