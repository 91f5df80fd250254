package symphony.dispatcher;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import symphony.api.crypto.Envelope;
import symphony.api.event.Receipt;
import symphony.api.event.Refusal;

/** What became of a publish, with what is needed to try again where it was refused. Thread-safe. */
final class PublishReceipt implements Receipt {
    private final Object origin;
    private final UUID eventId;
    private final String publisher;
    private final int accepted;
    private final List<Refusal> refusals;
    private final Envelope envelope;
    private final List<Missed> missed;

    /** Whether it counted for the limits of its publisher, and nobody has used that since; null if it never did. */
    private final AtomicBoolean paid;

    /** A subscription that refused. */
    record Missed(String identity, long orderKey) {}

    PublishReceipt(
            Object origin,
            UUID eventId,
            String publisher,
            int accepted,
            List<Refusal> refusals,
            Envelope envelope,
            List<Missed> missed,
            boolean paid) {
        this.origin = origin;
        this.eventId = eventId;
        this.publisher = publisher;
        this.accepted = accepted;
        this.refusals = List.copyOf(refusals);
        this.envelope = refusals.isEmpty() ? null : envelope;
        this.missed = List.copyOf(missed);
        this.paid = paid && !refusals.isEmpty() ? new AtomicBoolean(true) : null;
    }

    @Override
    public UUID eventId() {
        return eventId;
    }

    @Override
    public int accepted() {
        return accepted;
    }

    @Override
    public List<Refusal> refusals() {
        return refusals;
    }

    @Override
    public boolean routedRemotely() {
        return false;
    }

    boolean isOf(Object engine) {
        return origin == engine;
    }

    String publisher() {
        return publisher;
    }

    /** Null if nobody refused, or nothing was sealed. */
    Envelope envelope() {
        return envelope;
    }

    List<Missed> missed() {
        return missed;
    }

    /** Whether it counted for the limits of its publisher; true once. */
    boolean usePayment() {
        return paid != null && paid.compareAndSet(true, false);
    }

    @Override
    public String toString() {
        return "event " + eventId + ": accepted by " + accepted + (refusals.isEmpty() ? "" : ", refused: " + refusals);
    }
}
