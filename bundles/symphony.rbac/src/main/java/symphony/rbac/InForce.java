package symphony.rbac;

import java.time.Instant;
import java.time.InstantSource;
import symphony.api.rbac.Decision;
import symphony.api.rbac.Explanation;
import symphony.api.rbac.Permission;
import symphony.api.rbac.PolicyEntry;
import symphony.api.rbac.PolicyView;
import symphony.api.rbac.PolicyView.Origin;

/**
 * The policy in force. Whoever asks after another was put in force gets an answer of that one: an answer that was found
 * meanwhile is thrown away. Thread-safe; asking never waits.
 */
final class InForce {
    /** Why nothing is known of signatures at first. */
    static final String NOT_ASKED = "nobody was asked";

    private final InstantSource clock;
    private volatile State state; // written with this monitor

    /**
     * Its mark is kept by others, with answers, and so refers to nothing.
     *
     * @param epoch counts the policies
     * @param changes counts these, and what became known of signatures
     */
    private record State(
            Policy policy,
            Signatures signatures,
            DecisionCache cache,
            long epoch,
            long changes,
            Instant since,
            Object mark) {}

    InForce(Policy first, int places, InstantSource clock) {
        this.clock = clock;
        this.state = new State(
                first,
                Signatures.unknown(NOT_ASKED),
                new DecisionCache(places, 0),
                0,
                0,
                clock.instant(),
                new Object());
    }

    /** With the rule, which is for administrators. Throws {@code AccessUndecidedException} while no policy is in force. */
    Decision decide(String principal, Permission permission) {
        return answer(principal, permission).decision();
    }

    /** The same, and with the id of what decided in the place of the rule. */
    DecisionCache.Answer answer(String principal, Permission permission) {
        State asked = state;
        while (true) {
            DecisionCache.Answer answer = asked.cache.answer(asked.policy, asked.signatures, principal, permission);
            State now = state;
            if (now == asked) {
                return answer;
            }
            asked = now;
        }
    }

    /** The decision and the rules that it comes from, of one moment. */
    Explanation explain(String principal, Permission permission) {
        State asked = state;
        return new Explanation(
                asked.policy.decide(principal, permission, asked.signatures),
                asked.policy.matches(principal, permission));
    }

    /** Another one for each policy that was put in force. */
    Object mark() {
        return state.mark;
    }

    Policy policy() {
        return state.policy;
    }

    /** Counts the policies that were put in force. */
    long epoch() {
        return state.epoch;
    }

    /** Counts all changes of what is decided. */
    long changes() {
        return state.changes;
    }

    /** {@code file} is where the policy is looked for. */
    PolicyView view(String file, String problem) {
        State shown = state;
        return new PolicyView(
                shown.policy.origin(),
                shown.policy.origin() == Origin.NONE ? file : shown.policy.place(),
                shown.policy.hash(),
                shown.epoch,
                shown.since,
                problem,
                shown.policy.text().principals().map(PolicyText.Entry::view).toList(),
                shown.policy.text().roles().stream().map(PolicyText.Entry::view).<PolicyEntry>toList());
    }

    /** From when this returns on, each answer is of this policy. */
    synchronized void put(Policy policy) {
        state = new State(
                policy,
                state.signatures,
                new DecisionCache(state.cache.places(), state.epoch + 1),
                state.epoch + 1,
                state.changes + 1,
                clock.instant(),
                new Object());
    }

    /** From when this returns on, each answer is by these signatures; whether others were known before. */
    synchronized boolean put(Signatures signatures) {
        if (signatures.equals(state.signatures)) {
            return false;
        }
        state = new State(
                state.policy,
                signatures,
                new DecisionCache(state.cache.places(), state.epoch),
                state.epoch,
                state.changes + 1,
                state.since,
                new Object());
        return true;
    }

    /** Begins to keep this many answers. */
    synchronized void keep(int places) {
        state = new State(
                state.policy,
                state.signatures,
                new DecisionCache(places, state.epoch),
                state.epoch,
                state.changes,
                state.since,
                state.mark);
    }
}
