package symphony.nlp;

import java.util.Objects;
import java.util.concurrent.Callable;
import symphony.api.nlp.NlpOperations;
import symphony.api.nlp.OperationLimits;
import symphony.api.rbac.Permission;

/** Operations in the name of one bundle. Thread-safe. */
final class OwnedOperations implements NlpOperations {
    private final Operations operations;
    private final String principal;

    OwnedOperations(Operations operations, String principal) {
        this.operations = operations;
        this.principal = principal;
    }

    @Override
    public <T> T run(Permission permission, String input, OperationLimits limits, Callable<? extends T> work)
            throws Exception {
        Objects.requireNonNull(permission, "permission");
        Objects.requireNonNull(input, "input");
        return operations.run(principal, permission, input, limits, Objects.requireNonNull(work, "work"));
    }
}
