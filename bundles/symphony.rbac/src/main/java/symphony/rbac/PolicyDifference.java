package symphony.rbac;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import symphony.rbac.PolicyText.Entry;

/** How what principals have by one policy differs from what they have by another. One thread only. */
final class PolicyDifference {
    /** Of each of the two lists: for people. */
    private static final int MOST_LINES = 1_000;

    private final List<String> added = new ArrayList<>();
    private final List<String> removed = new ArrayList<>();
    private boolean complete = true;

    PolicyDifference(Policy before, Policy after) {
        Map<String, Entry> old = principals(before);
        Map<String, Entry> now = principals(after);
        var names = new LinkedHashSet<>(old.keySet());
        names.addAll(now.keySet());
        for (String name : names) {
            if (added.size() == MOST_LINES && removed.size() == MOST_LINES) {
                complete = false;
                return;
            }
            compare(name, rules(before, old.get(name)), rules(after, now.get(name)));
        }
    }

    private static Map<String, Entry> principals(Policy policy) {
        var principals = new LinkedHashMap<String, Entry>();
        policy.text().principals().forEach(entry -> principals.put(entry.id(), entry));
        return principals;
    }

    /** What it comes to; empty for a principal that the policy does not name, and for one that is denied everything. */
    private static Set<String> rules(Policy policy, Entry principal) {
        var rules = new LinkedHashSet<String>();
        if (principal != null && principal.signer().isEmpty()) {
            policy.entriesOf(principal).forEach(entry -> entry.rules().forEach(rule -> rules.add(rule.text())));
        }
        return rules;
    }

    private void compare(String name, Set<String> before, Set<String> after) {
        after.stream().filter(rule -> !before.contains(rule)).forEach(rule -> add(added, name, rule));
        before.stream().filter(rule -> !after.contains(rule)).forEach(rule -> add(removed, name, rule));
    }

    private void add(List<String> lines, String name, String rule) {
        if (lines.size() < MOST_LINES) {
            lines.add(name + " " + rule);
        } else {
            complete = false;
        }
    }

    List<String> added() {
        return added;
    }

    List<String> removed() {
        return removed;
    }

    boolean complete() {
        return complete;
    }
}
