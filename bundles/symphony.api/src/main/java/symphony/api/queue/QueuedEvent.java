package symphony.api.queue;

import java.time.Instant;
import java.util.Objects;
import symphony.api.crypto.Envelope;

/**
 * An event as a queue keeps it. Immutable.
 *
 * @param subscription identity of the subscription whose queue it is
 * @param state where it stands there
 * @param attempt failed attempts so far
 * @param pushed when the queue took it
 * @param envelope sealed
 */
public record QueuedEvent(String subscription, State state, int attempt, Instant pushed, Envelope envelope) {
    /** Where an event stands in its queue. */
    public enum State {
        /** It is due, and waits for its turn. */
        WAITING,
        /** It is not due yet: delayed, or to be tried again later. */
        DELAYED,
        /** Its handler has it. */
        LEASED
    }

    /** Checks that nothing is null. */
    public QueuedEvent {
        Objects.requireNonNull(subscription, "subscription");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(pushed, "pushed");
        Objects.requireNonNull(envelope, "envelope");
    }
}
