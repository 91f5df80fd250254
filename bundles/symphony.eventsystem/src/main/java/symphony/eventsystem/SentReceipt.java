package symphony.eventsystem;

import java.util.List;
import java.util.UUID;
import symphony.api.dispatcher.EventDispatcher;
import symphony.api.event.Receipt;
import symphony.api.event.Refusal;

/**
 * Of an event that was routed, and that some subscription refused: what the dispatcher told, and which one it was.
 *
 * @param made the dispatcher's own receipt, which holds the sealed event
 * @param maker the dispatcher, compared only
 * @param publisher whose receipt it is
 * @param refusals who refused, at least one
 */
record SentReceipt(Receipt made, EventDispatcher maker, String publisher, List<Refusal> refusals, int accepted)
        implements Receipt {
    SentReceipt(Receipt made, EventDispatcher maker, String publisher) {
        this(made, maker, publisher, made.refusals(), made.accepted());
    }

    /** The receipt of a retry that reached nobody: each that had refused goes on doing so, for a new reason. */
    SentReceipt refusedAs(Refusal why) {
        List<Refusal> still = refusals.stream()
                .map(refusal -> new Refusal(refusal.subscription(), why.reason(), why.detail()))
                .toList();
        return new SentReceipt(made, maker, publisher, still, 0);
    }

    @Override
    public UUID eventId() {
        return made.eventId();
    }

    @Override
    public boolean routedRemotely() {
        return made.routedRemotely();
    }

    @Override
    public String toString() {
        return "event " + eventId() + " accepted by " + accepted + ", refused by " + refusals.size() + ": "
                + refusals.get(0);
    }
}
