package symphony.audit;

import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.Outcome;

/** One kind of step of the flow of events, and how often it was. Equal if the kind is. Whoever holds it guards it. */
final class Summary implements Comparable<Summary> {
    private final String action;
    private final String principal;
    private final String topic;
    private final String subscription;
    private final Outcome outcome;
    private final int hash;

    private long count;
    private UUID first;
    private UUID last;

    Summary(String action, String principal, String topic, String subscription, Outcome outcome) {
        this.action = action;
        this.principal = principal;
        this.topic = topic;
        this.subscription = subscription;
        this.outcome = outcome;
        this.hash = hash(action, principal, topic, subscription, outcome);
    }

    static int hash(String action, String principal, String topic, String subscription, Outcome outcome) {
        int hash = action.hashCode();
        hash = 31 * hash + principal.hashCode();
        hash = 31 * hash + topic.hashCode();
        hash = 31 * hash + subscription.hashCode();
        hash = 31 * hash + outcome.ordinal();
        return hash * 0x9E3779B9;
    }

    boolean isOf(int otherHash, String act, String who, String on, String whose, Outcome how) {
        return hash == otherHash
                && outcome == how
                && topic.equals(on)
                && subscription.equals(whose)
                && principal.equals(who)
                && action.equals(act);
    }

    Outcome outcome() {
        return outcome;
    }

    /** The same kind, without a step. */
    Summary empty() {
        return new Summary(action, principal, topic, subscription, outcome);
    }

    /** Of anybody on anything. */
    Summary ofAnybody() {
        return new Summary(action, Summaries.ANY, Summaries.ANY, Summaries.ANY, outcome);
    }

    /** One step more. */
    void add(UUID id) {
        count++;
        if (first == null) {
            first = id;
        }
        last = id == null ? last : id;
    }

    /**
     * Takes all that another one of its kind has; of ids that several threads told of, the smallest and the greatest. Needs no memory,
     * so nothing is taken twice.
     */
    void take(Summary other) {
        if (first == null) {
            first = other.first;
            last = other.last;
        } else if (other.first != null) {
            first = compare(other.first, first) < 0 ? other.first : first;
            last = compare(other.last, last) > 0 ? other.last : last;
        }
        count += other.count;
        other.count = 0;
        other.first = null;
        other.last = null;
    }

    /** Those that the system makes begin with their time. */
    private static int compare(UUID one, UUID other) {
        int high = Long.compareUnsigned(one.getMostSignificantBits(), other.getMostSignificantBits());
        return high != 0 ? high : Long.compareUnsigned(one.getLeastSignificantBits(), other.getLeastSignificantBits());
    }

    long count() {
        return count;
    }

    Content content(long fromMillis, long toMillis) {
        var entry = new AuditEntry(principal, action, topic, outcome, Map.of());
        return new Content(
                entry,
                subscription,
                count,
                fromMillis,
                toMillis,
                Optional.ofNullable(first),
                Optional.ofNullable(last));
    }

    /** Hash maps find their way by it where somebody chooses names that have the same hash. */
    @Override
    public int compareTo(Summary other) {
        int order = topic.compareTo(other.topic);
        order = order != 0 ? order : subscription.compareTo(other.subscription);
        order = order != 0 ? order : principal.compareTo(other.principal);
        order = order != 0 ? order : action.compareTo(other.action);
        return order != 0 ? order : outcome.compareTo(other.outcome);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Summary s && s.isOf(hash, action, principal, topic, subscription, outcome);
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
