package symphony.rbac;

import java.util.concurrent.atomic.AtomicReferenceArray;
import symphony.api.rbac.Decision;
import symphony.api.rbac.Permission;

/**
 * Answers of one policy and of one knowledge of signatures that were given before: as many as there are places, each in the place that its hash says, where a
 * later one takes its place. Never waits, never grows. Thread-safe.
 */
final class DecisionCache {
    /** Longer ones are decided anew each time: strangers choose them, and they would stay in memory. */
    private static final int MAX_CHARS = 320;

    private record Answer(String principal, Permission permission, Decision decision) {}

    private final AtomicReferenceArray<Answer> places;

    /** With this many places, rounded up to a power of two. */
    DecisionCache(int places) {
        this.places = new AtomicReferenceArray<>(Integer.highestOneBit(Math.max(1, places - 1)) * 2);
    }

    int places() {
        return places.length();
    }

    /** The answer that was given before, or else the policy's. */
    Decision decide(Policy policy, Signatures signatures, String principal, Permission permission) {
        int place = place(principal, permission);
        Answer before = places.get(place);
        if (before != null && before.principal.equals(principal) && before.permission.equals(permission)) {
            return before.decision;
        }
        Decision decision = policy.decide(principal, permission, signatures);
        int chars = principal.length()
                + permission.domain().length()
                + permission.action().length()
                + permission.instance().length();
        if (chars <= MAX_CHARS) {
            places.set(place, new Answer(principal, permission, decision));
        }
        return decision;
    }

    private int place(String principal, Permission permission) {
        int hash = (principal.hashCode() * 31 + permission.hashCode()) * 0x9E3779B9;
        return (hash >>> 16 ^ hash) & places.length() - 1;
    }
}
