package symphony.nlp;

import java.util.Objects;
import java.util.concurrent.Callable;
import symphony.api.nlp.NlpOperations;
import symphony.api.nlp.OperationLimits;
import symphony.api.rbac.Permission;
import symphony.api.rbac.SecurityContext;

/** Operations in the name that is bound to the thread. Thread-safe. */
final class ContextOperations implements NlpOperations {
    private static final String NOBODY = "(nobody)";
    private static final String USER = "user:";

    private final Operations operations;

    ContextOperations(Operations operations) {
        this.operations = operations;
    }

    @Override
    public <T> T run(Permission permission, String input, OperationLimits limits, Callable<? extends T> work)
            throws Exception {
        Objects.requireNonNull(permission, "permission");
        Objects.requireNonNull(input, "input");
        Objects.requireNonNull(work, "work");
        return operations.run(principal(), permission, input, limits, work);
    }

    @Override
    public <T> T runMethod(
            String method,
            Permission permission,
            CharSequence input,
            OperationLimits limits,
            Callable<? extends T> work)
            throws Exception {
        Objects.requireNonNull(method, "method");
        Objects.requireNonNull(permission, "permission");
        Objects.requireNonNull(input, "input");
        Objects.requireNonNull(work, "work");
        return operations.runMethod(principal(), method, permission, input, limits, work);
    }

    /** In whose name the thread runs; nobody's if it says none. */
    private String principal() {
        SecurityContext context = SecurityContext.current();
        if (context.by().isPresent()) { // whoever took somebody else's name may still do so
            String name = context.user().or(context::principal).orElse(NOBODY);
            String instance = name.startsWith(USER) ? "user/" + name.substring(USER.length()) : name;
            operations.check(context.by().get(), new Permission("context", "run-as", instance));
        }
        return context.principal().orElse(NOBODY);
    }
}
