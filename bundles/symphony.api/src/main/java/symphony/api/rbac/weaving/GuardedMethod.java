package symphony.api.rbac.weaving;

import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.osgi.annotation.versioning.ProviderType;
import symphony.api.rbac.SecurityContext;

/** A method that checks in whose name it is called. Thread-safe. */
@ProviderType
public final class GuardedMethod {
    /*
     * Who was allowed is kept, for a few. Grants are written without a lock. One that is lost is asked for again; one that is
     * found is whole, since it is immutable, and holds as long as its mark is the one of who enforces now. The mark is read from
     * there at each check, so that nobody has to be told of a change in time; and before the question is asked, so that an
     * answer from before a change never passes for one from after it.
     */
    private static final int MOST_GRANTS = 4;
    private static final Object[] NO_ARGUMENTS = {};

    private final String name;
    private final List<DemandPattern> patterns;
    private final List<Integer> numbers;

    /** What is demanded where that needs no arguments. */
    private final List<Demand> fixed;

    private final Grant[] grants = new Grant[MOST_GRANTS];

    private static final class Grant {
        private final Object mark;
        private final Optional<String> principal;
        private final Optional<String> user;
        private final Optional<String> by;

        Grant(Object mark, SecurityContext context) {
            this.mark = mark;
            this.principal = context.principal();
            this.user = context.user();
            this.by = context.by();
        }

        boolean isFor(SecurityContext context) {
            return principal.equals(context.principal()) && user.equals(context.user()) && by.equals(context.by());
        }
    }

    /**
     * Of a class.
     *
     * @param name class and method
     * @param patterns what is demanded
     */
    GuardedMethod(String name, List<DemandPattern> patterns) {
        this.name = name;
        this.patterns = List.copyOf(patterns);
        this.numbers = numbers(patterns);
        this.fixed = numbers.isEmpty() ? filled() : List.of();
    }

    /**
     * The arguments that demands need together, in the order in which a check takes them.
     *
     * @param patterns what is demanded of one method
     * @return numbers of arguments, from 0, ascending
     */
    public static List<Integer> numbers(List<DemandPattern> patterns) {
        return List.copyOf(patterns.stream()
                .flatMap(pattern -> pattern.arguments().stream())
                .collect(Collectors.toCollection(TreeSet::new)));
    }

    /**
     * What is demanded of a call. Asks each argument that it needs for its text, once.
     *
     * @param arguments those that {@link Enforcer#check} got
     * @return all of it, at least one
     */
    public List<Demand> demands(Object[] arguments) {
        return numbers.isEmpty() ? fixed : filled(arguments);
    }

    private List<Demand> filled(Object... arguments) {
        var texts = new String[arguments.length];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = arguments[i] == null ? null : arguments[i].toString();
        }
        var demands = new Demand[patterns.size()];
        for (int i = 0; i < demands.length; i++) {
            demands[i] = patterns.get(i).with(numbers, texts);
        }
        return List.of(demands);
    }

    /** The woven check of a method whose demands need no arguments. */
    void check() {
        Enforcer enforcer = PermissionChecks.enforcer();
        Object mark = enforcer.mark();
        SecurityContext context = SecurityContext.current();
        for (Grant grant : grants) {
            if (grant == null || grant.mark != mark) {
                break; // those that hold stand first
            }
            if (grant.isFor(context)) {
                return;
            }
        }
        enforcer.check(this, context, NO_ARGUMENTS);
        keep(new Grant(mark, context));
    }

    /** First, before the others that hold; the last one makes room. */
    private void keep(Grant fresh) {
        Grant moved = fresh;
        for (int i = 0; i < MOST_GRANTS && moved != null && moved.mark == fresh.mark; i++) {
            Grant next = grants[i];
            grants[i] = moved;
            moved = next;
        }
    }

    /** The woven check of a method whose demands need these arguments. */
    void check(Object[] arguments) {
        PermissionChecks.enforcer().check(this, SecurityContext.current(), arguments);
    }

    /** Class and method. */
    @Override
    public String toString() {
        return name;
    }
}
