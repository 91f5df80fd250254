package symphony.api.event;

import java.util.Objects;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Why a subscription did not take an event. Nothing was stored there.
 *
 * @param subscription its identity; empty if the event was refused before it was routed
 * @param reason for code
 * @param detail for people: what was full, and how to mend it
 */
@ProviderType
public record Refusal(String subscription, Reason reason, String detail) {
    /** Checks that nothing is null. */
    public Refusal {
        Objects.requireNonNull(subscription, "subscription");
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(detail, "detail");
    }

    /** Why, for code. */
    public enum Reason {
        /** The subscription holds as many events as its capacity allows. */
        FULL,
        /** The process holds as many bytes of events as its budget allows. */
        LIMIT,
        /** The queue, or the whole system, is closed or stopping. */
        CLOSED,
        /** The publisher was interrupted while it waited; the interrupt stays pending. */
        INTERRUPTED,
        /** The disk of a durable queue is full. */
        STORE_FULL,
        /** A part that is needed is not there at the moment; trying again later may help. */
        UNAVAILABLE,
        /** An earlier event of its order key must be re-driven before it. */
        ORDER,
        /** The publisher publishes more events or bytes a second than it may; trying again later helps. */
        RATE,
        /** The subscription holds as many events of this publisher as it may have there. */
        SHARE
    }

    @Override
    public String toString() {
        return (subscription.isEmpty() ? "" : subscription + ": ") + reason + ", " + detail;
    }
}
