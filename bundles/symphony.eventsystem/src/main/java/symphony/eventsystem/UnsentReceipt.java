package symphony.eventsystem;

import java.util.List;
import java.util.UUID;
import symphony.api.event.Event;
import symphony.api.event.Receipt;
import symphony.api.event.Refusal;

/**
 * Of an event that was refused before it was routed. Nothing is sealed yet, so a retry publishes the publisher's own
 * object, with the id that this receipt tells.
 */
record UnsentReceipt(Event event, String publisher, List<Refusal> refusals) implements Receipt {
    UnsentReceipt {
        refusals = List.copyOf(refusals);
    }

    @Override
    public UUID eventId() {
        return event.id().orElseThrow();
    }

    @Override
    public int accepted() {
        return 0;
    }

    @Override
    public boolean routedRemotely() {
        return false;
    }

    @Override
    public String toString() {
        return "event " + eventId() + " refused: " + refusals.get(0);
    }
}
