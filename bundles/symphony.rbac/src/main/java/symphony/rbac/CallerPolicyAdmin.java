package symphony.rbac;

import java.nio.file.Path;
import java.util.List;
import symphony.api.rbac.Explanation;
import symphony.api.rbac.Permission;
import symphony.api.rbac.PolicyAdmin;
import symphony.api.rbac.PolicyReload;
import symphony.api.rbac.PolicyTrial;
import symphony.api.rbac.PolicyView;
import symphony.component.Guard;

/** What one bundle may see of the policy and do about it. Thread-safe. */
final class CallerPolicyAdmin implements PolicyAdmin {
    private static final String POLICY = "policy";

    private final RbacEngine engine;
    private final Guard guard;
    private final String caller;

    CallerPolicyAdmin(RbacEngine engine, Guard guard, String caller) {
        this.engine = engine;
        this.guard = guard;
        this.caller = caller;
    }

    @Override
    public PolicyView.Origin origin() {
        return engine.view().origin();
    }

    @Override
    public PolicyView active() {
        check("show");
        return engine.view();
    }

    @Override
    public Explanation explain(String principal, Permission permission) {
        check("explain");
        return engine.explain(principal, permission);
    }

    @Override
    public PolicyReload reload() {
        check("reload");
        return engine.reload(caller);
    }

    @Override
    public PolicyTrial tryOut(String text) {
        check("try");
        return shown(engine.tryOut(text));
    }

    @Override
    public PolicyTrial tryOut(Path file) {
        check("try");
        return shown(engine.tryOut(file));
    }

    /** What is added and removed shows the policy in force: with {@code {"version": 1}}, all of it. */
    private PolicyTrial shown(PolicyTrial trial) {
        boolean maySee =
                engine.decide(caller, new Permission(POLICY, "show", POLICY)).allowed();
        return !maySee && trial instanceof PolicyTrial.Valid valid
                ? new PolicyTrial.Valid(valid.hash(), List.of(), List.of(), false)
                : trial;
    }

    private void check(String action) {
        guard.check(caller, POLICY, action, POLICY);
    }
}
