package symphony.rbac.weaver;

import symphony.api.nlp.NlpOperations;
import symphony.api.nlp.OperationLimits;
import symphony.api.rbac.AccessUndecidedException;
import symphony.api.rbac.SecurityContext;
import symphony.api.rbac.weaving.OperationCall;
import symphony.api.rbac.weaving.OperationRunner;

/**
 * Runs woven operations by the service for it. Without that none runs, whether security is required or not: nobody would keep
 * them within limits. Thread-safe.
 */
final class ServiceRunner implements OperationRunner {
    private static final String NOBODY = "(nobody)";

    private final Denials denials;
    private volatile NlpOperations service;

    ServiceRunner(Denials denials) {
        this.denials = denials;
    }

    /**
     * By whom to run them from now on.
     *
     * @param operations the service, null for none
     */
    void use(NlpOperations operations) {
        service = operations;
    }

    @Override
    public Object run(OperationCall call) throws Exception {
        NlpOperations now = service;
        if (now == null) {
            throw refused(call);
        }
        var limits = new OperationLimits(call.maxInput(), call.timeLimit());
        return now.runMethod(call.method(), call.permission(), call.input(), limits, call);
    }

    private AccessUndecidedException refused(OperationCall call) {
        SecurityContext context = SecurityContext.current();
        var refusal = new AccessUndecidedException(
                context.principal().orElse(NOBODY),
                call.permission(),
                "needed to call " + call.method() + "; no service " + NlpOperations.class.getName()
                        + " is there, which would keep it within limits and have it audited: start the bundle symphony.nlp");
        denials.audit(refusal, call.method(), context);
        return refusal;
    }
}
