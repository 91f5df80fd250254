package symphony.rbac;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
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
    private int compared;

    PolicyDifference(Policy before, Policy after) {
        Map<String, Entry> old = principals(before);
        Map<String, Entry> now = principals(after);
        Set<String> changed = changedRoles(before, after);
        var names = new LinkedHashSet<>(old.keySet());
        names.addAll(now.keySet());
        for (String name : names) {
            if (added.size() == MOST_LINES || removed.size() == MOST_LINES) {
                complete = false;
                return;
            }
            List<Entry> has = entries(before, old.get(name));
            List<Entry> gets = entries(after, now.get(name));
            if (!isSame(has, gets, changed)) {
                compared++;
                compare(name, rules(has), rules(gets));
            }
        }
    }

    private static Map<String, Entry> principals(Policy policy) {
        var principals = new LinkedHashMap<String, Entry>();
        policy.text().principals().forEach(entry -> principals.put(entry.id(), entry));
        return principals;
    }

    /** Roles with other grants of their own, and those that only one of the two has. */
    private static Set<String> changedRoles(Policy before, Policy after) {
        Map<String, List<String>> old = roles(before);
        Map<String, List<String>> now = roles(after);
        var changed = new HashSet<>(old.keySet());
        changed.addAll(now.keySet());
        changed.removeIf(name -> old.containsKey(name) && old.get(name).equals(now.get(name)));
        return changed;
    }

    private static Map<String, List<String>> roles(Policy policy) {
        var roles = new HashMap<String, List<String>>();
        policy.text().roles().forEach(role -> roles.put(role.name(), texts(role)));
        return roles;
    }

    private static List<String> texts(Entry entry) {
        return entry.rules().stream().map(Rule::text).toList();
    }

    /** What a principal has by; nothing if the policy does not name it. */
    private static List<Entry> entries(Policy policy, Entry principal) {
        return principal == null ? List.of() : policy.entriesOf(principal);
    }

    /** Whether that is plain without looking at each rule, of which roles of thousands of principals may have thousands. */
    private static boolean isSame(List<Entry> has, List<Entry> gets, Set<String> changed) {
        if (has.size() != gets.size()) {
            return false;
        }
        for (int i = 0; i < has.size(); i++) {
            Entry one = has.get(i);
            boolean same = i == 0
                    ? texts(one).equals(texts(gets.get(i)))
                            && one.signer().equals(gets.get(i).signer())
                    : one.name().equals(gets.get(i).name()) && !changed.contains(one.name());
            if (!same) {
                return false;
            }
        }
        return true;
    }

    private static Set<String> rules(List<Entry> entries) {
        var rules = new LinkedHashSet<String>();
        String signer = entries.isEmpty() ? "" : entries.get(0).signer();
        String condition = signer.isEmpty() ? "" : " if signed by " + signer;
        entries.forEach(entry -> entry.rules().forEach(rule -> rules.add(rule.text() + condition)));
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

    /** How many principals were looked at rule by rule, which is what takes time. */
    int compared() {
        return compared;
    }

    boolean complete() {
        return complete;
    }
}
