package symphony.users;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Counts wrong passwords of each name, and keeps one from being tried for a while after too many. Names without an account are
 * treated alike, so that nothing tells them apart; but they are kept apart, so that trying many of them makes none of the others
 * forgotten. Thread-safe.
 */
final class LockOut {
    /** Of names without an account those only that were tried last: else anybody could fill the memory. */
    private static final int MOST_NAMES = 10_000;
    /** So that doubling ends, whatever the first time is. */
    private static final int MOST_DOUBLINGS = 20;

    private final LongSupplier nanos;
    /** Of accounts: as many as there are. Guarded by this, as the next. */
    private final Map<String, Tries> accounts = new HashMap<>();

    private final Map<String, Tries> others = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Tries> eldest) {
            return size() > MOST_NAMES;
        }
    };
    private volatile Rule rule;

    /**
     * When a name is locked, and how long.
     *
     * @param attempts wrong passwords in a row
     * @param first time of the first lock; each further wrong password doubles it
     * @param most longest time
     */
    record Rule(int attempts, Duration first, Duration most) {
        Duration after(int failures) {
            if (failures < attempts) {
                return Duration.ZERO;
            }
            Duration time = first.multipliedBy(1L << Math.min(failures - attempts, MOST_DOUBLINGS));
            return time.compareTo(most) < 0 ? time : most;
        }
    }

    /** Of one name. Guarded by the owner. */
    private static final class Tries {
        private int failures;
        private long since;
    }

    LockOut(LongSupplier nanos, Rule rule) {
        this.nanos = nanos;
        this.rule = rule;
    }

    void apply(Rule changed) {
        rule = changed;
    }

    private Map<String, Tries> tries(boolean isAccount) {
        return isAccount ? accounts : others;
    }

    /** How long no password of a name is checked; zero if one is. */
    synchronized Duration lockedFor(String name, boolean isAccount) {
        Tries known = tries(isAccount).get(name);
        if (known == null) {
            return Duration.ZERO;
        }
        Duration left = rule.after(known.failures).minusNanos(nanos.getAsLong() - known.since);
        return left.isNegative() ? Duration.ZERO : left;
    }

    synchronized int failures(String name, boolean isAccount) {
        Tries known = tries(isAccount).get(name);
        return known == null ? 0 : known.failures;
    }

    /** A wrong password came. */
    synchronized void failed(String name, boolean isAccount) {
        Tries known = tries(isAccount).computeIfAbsent(name, key -> new Tries());
        known.failures++;
        known.since = nanos.getAsLong();
    }

    /** The right one came, or somebody lifts the lock. */
    synchronized void forget(String name) {
        accounts.remove(name);
        others.remove(name);
    }

    /** Forgets accounts that are no more. */
    synchronized void keep(Set<String> names) {
        accounts.keySet().retainAll(names);
    }
}
