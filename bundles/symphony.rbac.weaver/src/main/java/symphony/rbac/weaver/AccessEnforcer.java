package symphony.rbac.weaver;

import java.util.List;
import java.util.Map;
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
            for (int i = 0; i < demands.size(); i++) {
                question.check(demands.get(i));
            }
        } catch (AccessDeniedException e) {
            audit(e, method);
            throw e;
        }
    }

    /** One call: who is asked, for what, by whom. Makes nothing while the answer is yes. */
    private record Question(AccessControl service, GuardedMethod method, SecurityContext context) {
        void check(Demand demand) {
            List<Permission> permissions = demand.permissions();
            boolean any = demand.mode() == Mode.ANY;
            AccessDeniedException first = null;
            for (int i = 0; i < permissions.size(); i++) {
                AccessDeniedException lacking = lacking(permissions.get(i));
                if (any && lacking == null) {
                    return;
                }
                if (first == null) {
                    first = lacking;
                }
                if (!any && first != null) {
                    break;
                }
            }
            if (first != null) {
                throw first;
            }
        }

        /** Why the permission is not there, because the principal lacks it, or its user does; null if it is there. */
        private AccessDeniedException lacking(Permission permission) {
            if (context.principal().isEmpty()) {
                return denied(NOBODY, permission, "no security context is bound to the thread, see SecurityContexts");
            }
            AccessDeniedException lacking = lacking(context.principal().get(), permission);
            return lacking != null || context.user().isEmpty()
                    ? lacking
                    : lacking(context.user().get(), permission);
        }

        private AccessDeniedException lacking(String actor, Permission permission) {
            if (service == null) {
                return denied(actor, permission, "security is required and no access control is there");
            }
            try {
                return service.decide(actor, permission).allowed()
                        ? null
                        : denied(actor, permission, "context " + context);
            } catch (AccessDeniedException e) { // it cannot decide, and says why
                return e;
            } catch (RuntimeException | LinkageError | StackOverflowError e) { // as while its bundle is replaced
                AccessDeniedException denied = denied(actor, permission, "access control failed as it was asked");
                denied.initCause(e);
                return denied;
            }
        }

        private AccessDeniedException denied(String actor, Permission permission, String why) {
            return new AccessDeniedException(actor, permission, "needed to call " + method + "; " + why);
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
