package symphony.audit;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.UUID;
import symphony.api.audit.Outcome;

/**
 * Counts steps by their kinds, of which there is a bounded number: what is beyond it is counted as of anybody on anything. Whoever holds
 * it guards it.
 */
final class KindTable {
    /*
     * In front of a hash map, which finds its way whatever names somebody chooses, lies a small table of what was counted last: most
     * steps are of few kinds, and those who count must be quick.
     */
    private static final int FRONT_BITS = 10;

    /** Kinds that may come on top of the bound, since they stand for all others. */
    private static final int SPARE = 64;

    private final Map<Summary, Summary> all = new HashMap<>();
    private final Summary[] front = new Summary[1 << FRONT_BITS];

    void add(int most, String action, String principal, String topic, String subscription, Outcome outcome, UUID id) {
        int hash = Summary.hash(action, principal, topic, subscription, outcome);
        int place = hash >>> Integer.SIZE - FRONT_BITS;
        Summary there = front[place];
        if (there == null || !there.isOf(hash, action, principal, topic, subscription, outcome)) {
            there = find(most, action, principal, topic, subscription, outcome);
            front[place] = there;
        }
        there.add(id);
    }

    private Summary find(
            int most, String action, String principal, String topic, String subscription, Outcome outcome) {
        Summary there = all.get(new Summary(action, principal, topic, subscription, outcome));
        if (there != null) {
            return there;
        }
        return place(
                most,
                new Summary(
                        Bounded.text(action),
                        Bounded.text(principal),
                        Bounded.text(topic),
                        Bounded.text(subscription),
                        outcome));
    }

    /** Takes what another one has. Where memory is short it throws before it has taken anything. */
    void take(int most, Summary other) {
        if (other.count() > 0) {
            place(most, other.empty()).take(other);
        }
    }

    /** Takes all, and leaves it empty; if it throws, the rest is still there. */
    void takeAll(int most, KindTable other) {
        for (Summary each : other.all.values()) {
            take(most, each);
        }
        other.all.clear();
        Arrays.fill(other.front, null);
    }

    private Summary place(int most, Summary wanted) {
        if (hasPlace(wanted, most)) {
            return placed(wanted);
        }
        Summary ofAnybody = wanted.ofAnybody();
        return placed(
                hasPlace(ofAnybody, most + SPARE)
                        ? ofAnybody
                        : new Summary(Summaries.ANY, Summaries.ANY, Summaries.ANY, Summaries.ANY, wanted.outcome()));
    }

    private boolean hasPlace(Summary wanted, int most) {
        return all.size() < most || all.containsKey(wanted);
    }

    private Summary placed(Summary wanted) {
        return all.computeIfAbsent(wanted, same -> same);
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    /** In no order; it may remove. */
    Iterator<Summary> iterator() {
        return all.values().iterator();
    }
}
