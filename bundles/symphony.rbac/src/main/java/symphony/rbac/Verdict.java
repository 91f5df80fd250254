package symphony.rbac;

import symphony.api.rbac.Decision;

/**
 * What a policy decides, and what that is called where nobody may learn the rule.
 *
 * @param decision with the rule, for administrators
 * @param name the number of the grant in the policy, from 1; a word where none decided
 */
record Verdict(Decision decision, String name) {
    /** No grant matches, or none could. */
    static final String NONE = "none";
    /** The system bundle has no grants. */
    static final String SYSTEM = "system";
    /** The bundle is not signed as its entry says. */
    static final String UNSIGNED = "unsigned";

    /** The same for an audit record, by a policy of that epoch: without the rule. */
    Decision inEpoch(long epoch) {
        return new Decision(decision.allowed(), "", epoch + "/" + name, epoch);
    }
}
