package symphony.rbac.weaver;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import symphony.api.nlp.OperationLimits;
import symphony.api.rbac.weaving.DemandPattern;

/**
 * What is woven into one method.
 *
 * @param demands what is checked; none twice
 * @param operation as which it runs
 */
record Duties(Set<DemandPattern> demands, Optional<Operation> operation) {
    /** As which a method runs: what the trail calls it, and how much it may take. */
    record Operation(DemandPattern permission, OperationLimits limits) {
        boolean limitsInput() {
            return limits.maxChars() < OperationLimits.CONFIGURED.maxChars();
        }
    }

    /**
     * Of all that is said of a method.
     *
     * @throws UnguardableException if it is to be two operations
     */
    static Duties of(String place, Set<Rule> rules) {
        var demands = new LinkedHashSet<DemandPattern>();
        rules.forEach(rule -> demands.add(rule.demand()));
        return new Duties(demands, operation(place, rules));
    }

    private static Optional<Operation> operation(String place, Set<Rule> rules) {
        checkOneOperation(place, rules);
        List<Rule> operations = operations(rules);
        return operations.stream()
                .map(rule -> rule.operation().orElseThrow())
                .reduce(OperationLimits::and)
                .map(limits -> new Operation(operations.get(0).demand(), limits));
    }

    private static List<Rule> operations(Set<Rule> rules) {
        return rules.stream().filter(rule -> rule.operation().isPresent()).toList();
    }

    /** That all that is said of a method makes it the same operation. */
    static void checkOneOperation(String place, Set<Rule> rules) {
        Set<String> permissions =
                operations(rules).stream().map(Duties::permission).collect(Collectors.toCollection(LinkedHashSet::new));
        if (permissions.size() > 1) {
            throw new UnguardableException(place + " is two operations at once, " + String.join(" and ", permissions)
                    + ": a call is one, so give all @SecureOperation of the method, and of those that it overrides, the"
                    + " same permission, and demand others by @RequiresPermission");
        }
    }

    /** The only one of an operation. */
    private static String permission(Rule operation) {
        String modeAndPermission = operation.demand().toString();
        return modeAndPermission.substring(modeAndPermission.indexOf('\n') + 1);
    }
}
