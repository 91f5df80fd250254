package symphony.rbac.weaver;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.audit.Outcome;
import symphony.api.rbac.AccessControl;
import symphony.api.rbac.AccessDeniedException;
import symphony.api.rbac.Permission;
import symphony.api.rbac.RequiresPermission.Mode;
import symphony.api.rbac.SecurityContext;
import symphony.api.rbac.weaving.Demand;
import symphony.api.rbac.weaving.Enforcer;
import symphony.api.rbac.weaving.GuardedMethod;
import symphony.component.Guard;

/**
 * Answers woven checks by access control. Without it everything is allowed, or, where security is required, nothing. Denials
 * are audited. Thread-safe.
 */
final class AccessEnforcer implements Enforcer {
    private static final Logger log = LoggerFactory.getLogger(AccessEnforcer.class);
    private static final String NOBODY = "(nobody)";

    private final Guard guard;

    /** Null while there is none. */
    private volatile AccessControl access;

    /**
     * Without access control yet.
     *
     * @param guard takes what is to be audited, and knows whether security is required
     */
    AccessEnforcer(Guard guard) {
        this.guard = guard;
    }

    /**
     * Whom to ask from now on. Answers that were given are changed by this; that is to be told afterwards.
     *
     * @param service access control, null for none
     */
    void ask(AccessControl service) {
        access = service;
    }

    @Override
    public void check(GuardedMethod method, SecurityContext context, Object[] arguments) {
        AccessControl service = access;
        if (service == null && !guard.required()) {
            return;
        }
        List<Demand> demands = method.demands(arguments);
        try {
            var question = new Question(service, method, context);
            demands.forEach(question::check);
        } catch (AccessDeniedException e) {
            audit(e, method);
            throw e;
        }
    }

    /** One call: who is asked, for what, by whom. */
    private record Question(AccessControl service, GuardedMethod method, SecurityContext context) {
        void check(Demand demand) {
            List<AccessDeniedException> lacking = demand.permissions().stream()
                    .flatMap(permission -> lack(permission).stream())
                    .toList();
            boolean enough = demand.mode() == Mode.ALL
                    ? lacking.isEmpty()
                    : lacking.size() < demand.permissions().size();
            if (!enough) {
                throw lacking.get(0);
            }
        }

        /** Why the permission is not there: because the principal lacks it, or its user does. */
        private Optional<AccessDeniedException> lack(Permission permission) {
            if (context.principal().isEmpty()) {
                return lack(NOBODY, permission, "no security context is bound to the thread, see SecurityContexts");
            }
            return Stream.concat(context.principal().stream(), context.user().stream())
                    .flatMap(actor -> lack(actor, permission).stream())
                    .findFirst();
        }

        private Optional<AccessDeniedException> lack(String actor, Permission permission) {
            if (service == null) {
                return lack(actor, permission, "security is required and no access control is there");
            }
            try {
                return service.decide(actor, permission).allowed()
                        ? Optional.empty()
                        : lack(actor, permission, "context " + context);
            } catch (AccessDeniedException e) { // it cannot decide, and says why
                return Optional.of(e);
            } catch (RuntimeException | LinkageError | StackOverflowError e) { // as while its bundle is replaced
                Optional<AccessDeniedException> lack = lack(actor, permission, "access control failed as it was asked");
                lack.get().initCause(e);
                return lack;
            }
        }

        private Optional<AccessDeniedException> lack(String actor, Permission permission, String why) {
            return Optional.of(new AccessDeniedException(actor, permission, "needed to call " + method + "; " + why));
        }
    }

    private void audit(AccessDeniedException denied, GuardedMethod method) {
        Permission permission = Permission.of(denied.permission());
        try {
            guard.record(
                    denied.principal(),
                    permission.domain() + ':' + permission.action(),
                    permission.instance(),
                    Outcome.DENIED,
                    Map.of("method", method.toString()));
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            // It is refused anyway; that the trail lacks it must not change the answer.
            log.warn("the denial of {} to {} could not be audited: {}", permission, denied.principal(), e.toString());
        }
    }
}
