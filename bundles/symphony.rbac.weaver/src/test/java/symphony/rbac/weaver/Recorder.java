package symphony.rbac.weaver;

import java.lang.invoke.MethodHandles;
import java.util.LinkedHashSet;
import java.util.Set;
import symphony.api.rbac.AccessDeniedException;
import symphony.api.rbac.SecurityContext;
import symphony.api.rbac.weaving.Demand;
import symphony.api.rbac.weaving.Enforcer;
import symphony.api.rbac.weaving.GuardedMethod;
import symphony.api.rbac.weaving.PermissionChecks;

/** Allows all or nothing, and notes what is asked for. One thread only. */
final class Recorder implements Enforcer, AutoCloseable {
    private final PermissionChecks.Enforcement enforcement =
            PermissionChecks.enforce(SecurityContext.issuer(MethodHandles.lookup()), this);
    private final Set<String> asked = new LinkedHashSet<>();
    private int checks;
    private boolean allows = true;

    @Override
    public void check(GuardedMethod method, SecurityContext context, Object[] arguments) {
        checks++;
        for (Demand demand : method.demands(arguments)) {
            demand.wanted().forEach(wanted -> asked.add(wanted.permission().toString()));
            if (!allows) {
                throw new AccessDeniedException("a test", demand.wanted().get(0).permission(), method.toString());
            }
        }
    }

    void deny() {
        allows = false;
    }

    /** What was asked for since the last time. */
    Set<String> asked() {
        Set<String> before = new LinkedHashSet<>(asked);
        asked.clear();
        return before;
    }

    /** How often, from the start. */
    int checks() {
        return checks;
    }

    @Override
    public void close() {
        enforcement.close();
    }
}
