package symphony.audit;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import symphony.api.audit.AuditEntry;

/**
 * What denials that are alike have in common, as exactly as there is room for it.
 *
 * @param width how exactly
 * @param entry without what differs
 */
record DenialKind(Width width, AuditEntry entry) implements Comparable<DenialKind> {
    /** How much is told apart, from the most to the least. */
    enum Width {
        EXACT,
        ACTOR_AND_ACTION,
        ACTION,
        NOTHING
    }

    /** All but the id of the decision. */
    static DenialKind of(AuditEntry denial) {
        if (!denial.details().containsKey(AuditEntry.DECISION)) {
            return new DenialKind(Width.EXACT, denial);
        }
        var details = new HashMap<>(denial.details());
        details.remove(AuditEntry.DECISION);
        return new DenialKind(
                Width.EXACT,
                new AuditEntry(denial.actor(), denial.action(), denial.target(), denial.outcome(), details));
    }

    /** The next one, which stands for more. */
    DenialKind wider() {
        return switch (width) {
            case EXACT -> like(Width.ACTOR_AND_ACTION, entry.actor(), entry.action());
            case ACTOR_AND_ACTION -> like(Width.ACTION, Summaries.ANY, entry.action());
            case ACTION, NOTHING -> like(Width.NOTHING, Summaries.ANY, Summaries.ANY);
        };
    }

    private DenialKind like(Width wider, String actor, String action) {
        return new DenialKind(wider, new AuditEntry(actor, action, Summaries.ANY, entry.outcome(), Map.of()));
    }

    /** Hash maps find their way by it where somebody chooses names that have the same hash. */
    @Override
    public int compareTo(DenialKind other) {
        int order = width.compareTo(other.width);
        order = order != 0 ? order : entry.actor().compareTo(other.entry.actor());
        order = order != 0 ? order : entry.action().compareTo(other.entry.action());
        order = order != 0 ? order : entry.target().compareTo(other.entry.target());
        order = order != 0 ? order : entry.outcome().compareTo(other.entry.outcome());
        return order != 0 ? order : sorted(entry).compareTo(sorted(other.entry));
    }

    private static String sorted(AuditEntry entry) {
        return new TreeMap<>(entry.details()).toString();
    }
}
