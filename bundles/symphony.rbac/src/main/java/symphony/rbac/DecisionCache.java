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

    /**
     * One that was given.
     *
     * @param decision with the rule
     * @param numbered with an id in its place
     */
    record Answer(String principal, Permission permission, Decision decision, Decision numbered) {}

    private final AtomicReferenceArray<Answer> places;
    private final long epoch;

    /** With this many places, rounded up to a power of two; for the policy of that epoch. */
    DecisionCache(int places, long epoch) {
        this.epoch = epoch;
        this.places = new AtomicReferenceArray<>(Integer.highestOneBit(Math.max(1, places - 1)) * 2);
    }

    int places() {
        return places.length();
    }

    /** The answer that was given before, or else the policy's. */
    Answer answer(Policy policy, Signatures signatures, String principal, Permission permission) {
        int place = place(principal, permission);
        Answer before = places.get(place);
        if (before != null && before.principal.equals(principal) && before.permission.equals(permission)) {
            return before;
        }
        Verdict verdict = policy.judge(principal, permission, signatures);
        var answer = new Answer(principal, permission, verdict.decision(), verdict.inEpoch(epoch));
        int chars = principal.length()
                + permission.domain().length()
                + permission.action().length()
                + permission.instance().length();
        if (chars <= MAX_CHARS) {
            places.set(place, answer);
        }
        return answer;
    }

    private int place(String principal, Permission permission) {
        int hash = (principal.hashCode() * 31 + permission.hashCode()) * 0x9E3779B9;
        return (hash >>> 16 ^ hash) & places.length() - 1;
    }
}
