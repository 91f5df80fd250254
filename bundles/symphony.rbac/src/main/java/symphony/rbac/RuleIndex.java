package symphony.rbac;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The grants of one role or principal, found by domain and action. Immutable. */
final class RuleIndex {
    private final Map<String, Map<String, PatternTree>> grants = new HashMap<>();
    private final Map<String, Map<String, PatternTree>> forbids = new HashMap<>();

    RuleIndex(List<Rule> rules) {
        for (Rule rule : rules) {
            (rule.forbids() ? forbids : grants)
                    .computeIfAbsent(rule.domain(), domain -> new HashMap<>())
                    .computeIfAbsent(rule.action(), action -> new PatternTree())
                    .add(rule);
        }
    }

    /** Grants that give all that is wanted. */
    void granting(Wanted wanted, Consumer<Rule> found) {
        trees(grants, wanted, tree -> tree.covering(wanted.instance(), found));
    }

    /** Grants that forbid some of what is wanted. */
    void forbidding(Wanted wanted, Consumer<Rule> found) {
        trees(forbids, wanted, tree -> tree.overlapping(wanted.instance(), found));
    }

    private static void trees(Map<String, Map<String, PatternTree>> index, Wanted wanted, Consumer<PatternTree> visit) {
        if (!index.isEmpty()) {
            actions(index.get(wanted.domain()), wanted.action(), visit);
            actions(index.get(Rule.ANY), wanted.action(), visit);
        }
    }

    private static void actions(Map<String, PatternTree> actions, String action, Consumer<PatternTree> visit) {
        if (actions != null) {
            tree(actions.get(action), visit);
            tree(actions.get(Rule.ANY), visit);
        }
    }

    private static void tree(PatternTree tree, Consumer<PatternTree> visit) {
        if (tree != null) {
            visit.accept(tree);
        }
    }
}
