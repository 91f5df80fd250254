package symphony.rbac.weaver;

import java.util.Map;
import java.util.Objects;
import symphony.api.audit.Outcome;
import symphony.api.rbac.Decision;
import symphony.api.rbac.Permission;
import symphony.api.rbac.SecurityContext;
import symphony.api.rbac.SecurityContexts;
import symphony.component.Guard;

/** Contexts as one bundle may have them. Thread-safe. */
final class CallerContexts implements SecurityContexts {
    private static final String USER = "user:";

    private final SecurityContext.Issuer issuer;
    private final Guard guard;
    private final String caller;
    private final SecurityContext own;

    CallerContexts(SecurityContext.Issuer issuer, Guard guard, String caller) {
        this.issuer = issuer;
        this.guard = guard;
        this.caller = caller;
        this.own = issuer.of(caller);
    }

    /** Users have a segment of their own, which no bundle's name has: so it can be granted for all of them, and for no bundle. */
    static Permission toRunAs(String principal) {
        String instance = principal.startsWith(USER) ? "user/" + principal.substring(USER.length()) : principal;
        return new Permission("context", "run-as", instance);
    }

    @Override
    public SecurityContext own() {
        return own;
    }

    @Override
    public SecurityContext of(String principal) {
        if (Objects.requireNonNull(principal, "principal").isEmpty() || principal.equals(USER)) {
            throw new IllegalArgumentException("principal '" + principal
                    + "' names nobody; give the symbolic name of a bundle, or user: and the name of a user");
        }
        Permission needed = toRunAs(principal);
        Decision decision = guard.check(caller, needed.domain(), needed.action(), needed.instance());
        guard.record(caller, "context:run-as", needed.instance(), Outcome.DONE, Map.of(), decision);
        return issuer.by(principal.startsWith(USER) ? issuer.forUser(own, principal) : issuer.of(principal), caller);
    }
}
