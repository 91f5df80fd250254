package symphony.rbac.weaver;

import java.util.Optional;
import symphony.api.nlp.OperationLimits;
import symphony.api.rbac.weaving.DemandPattern;

/**
 * What one annotation says of methods.
 *
 * @param demand what callers need
 * @param operation the limits of the operation that the method is; empty if it is none
 */
record Rule(DemandPattern demand, Optional<OperationLimits> operation) {
    /** The same, for one that is no operation, or not once more. */
    Rule demandOnly() {
        return new Rule(demand, Optional.empty());
    }
}
