package symphony.shell;

import java.util.stream.Collectors;
import symphony.api.event.Receipt;

/** Receipts, for people. */
final class Receipts {
    private static final int MOST_REFUSALS = 5;

    private Receipts() {}

    /** One line: the id, who took it, who did not and why. */
    static String show(Receipt receipt) {
        return Text.clean(receipt.eventId() + " " + outcome(receipt));
    }

    private static String outcome(Receipt receipt) {
        if (receipt.refusals().isEmpty()) {
            if (receipt.accepted() > 0) {
                return "accepted by " + Text.count(receipt.accepted(), "subscription", "subscriptions");
            }
            return receipt.routedRemotely() ? "sent to other machines" : "not wanted by any subscription";
        }
        String refused = receipt.refusals().stream()
                .limit(MOST_REFUSALS)
                .map(Object::toString)
                .collect(Collectors.joining("; "));
        int more = receipt.refusals().size() - MOST_REFUSALS;
        return (receipt.accepted() > 0 ? "accepted by " + receipt.accepted() + ", " : "") + "refused: " + refused
                + (more > 0 ? "; and " + more + " more" : "");
    }
}
