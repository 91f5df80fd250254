package symphony.rbac;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import symphony.rbac.PolicyText.Entry;
import symphony.rbac.PolicyText.RoleName;

/** The roles of a policy, which may have others and form no cycle. Immutable. */
final class Roles {
    private static final int MOST_NAMED = 10;

    private final Map<String, Entry> byName = new LinkedHashMap<>();

    /** Throws if they do not fit together; says which, where, and how to mend it. */
    Roles(List<Entry> roles) throws PolicyException {
        roles.forEach(role -> byName.put(role.name(), role));
        for (Entry role : roles) {
            checkNames(role);
        }
        var depths = new HashMap<String, Integer>();
        for (Entry role : roles) {
            depth(role, new LinkedHashSet<>(), depths);
        }
    }

    private void checkNames(Entry entry) throws PolicyException {
        for (RoleName role : entry.roles()) {
            if (!byName.containsKey(role.name())) {
                String known = byName.keySet().stream().limit(MOST_NAMED).collect(Collectors.joining(", "));
                throw role.at()
                        .wrong(entry + " has the role " + Characters.shown(role.name())
                                + ", which is not defined; "
                                + (known.isEmpty() ? "no role is" : "defined are " + known)
                                + (byName.size() > MOST_NAMED ? " and others" : ""));
            }
        }
    }

    /** Roles that stand one in the other, from this one on; goes no deeper than there are roles. */
    private int depth(Entry role, Set<String> path, Map<String, Integer> depths) throws PolicyException {
        Integer known = depths.get(role.name());
        if (known != null) {
            return known;
        }
        path.add(role.name());
        int deepest = 0;
        for (RoleName next : role.roles()) {
            if (path.contains(next.name())) {
                throw next.at().wrong("roles form a cycle: " + cycle(path, next.name()) + "; take one of these out");
            }
            deepest = Math.max(deepest, depth(byName.get(next.name()), path, depths));
            if (deepest >= Limits.ROLE_DEPTH) {
                throw next.at()
                        .wrong(role + " and the roles in it stand more than " + Limits.ROLE_DEPTH
                                + " deep, one in the other; give it the inner ones directly");
            }
        }
        path.remove(role.name());
        depths.put(role.name(), deepest + 1);
        return deepest + 1;
    }

    private String cycle(Collection<String> path, String again) {
        return Stream.concat(path.stream().dropWhile(name -> !name.equals(again)), Stream.of(again))
                .map(name -> name + " (line " + byName.get(name).at().line() + ")")
                .collect(Collectors.joining(" → "));
    }

    /** The roles that a principal has, by itself and by its roles, each once. */
    List<Entry> of(Entry principal) throws PolicyException {
        checkNames(principal);
        var found = new LinkedHashMap<String, Entry>();
        collect(principal, found);
        if (found.size() > Limits.ROLES_OF_PRINCIPAL) {
            throw principal
                    .at()
                    .wrong(principal + " has " + found.size() + " roles, by itself and by its roles; at most "
                            + Limits.ROLES_OF_PRINCIPAL + " are allowed");
        }
        return List.copyOf(found.values());
    }

    private void collect(Entry entry, Map<String, Entry> into) {
        for (RoleName name : entry.roles()) {
            Entry role = byName.get(name.name());
            if (into.put(role.name(), role) == null) {
                collect(role, into);
            }
        }
    }

    /** How an entry comes to each of its roles: itself first, then role by role, on the first way that there is. */
    Map<String, List<String>> ways(Entry entry) {
        var ways = new LinkedHashMap<String, List<String>>();
        ways(entry, List.of(entry.toString()), ways);
        return ways;
    }

    private void ways(Entry entry, List<String> way, Map<String, List<String>> into) {
        for (RoleName name : entry.roles()) {
            if (!into.containsKey(name.name())) {
                Entry role = byName.get(name.name());
                var longer = new ArrayList<>(way);
                longer.add(role.toString());
                into.put(name.name(), List.copyOf(longer));
                ways(role, longer, into);
            }
        }
    }
}
