package symphony.shell;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import symphony.api.rbac.AccessDeniedException;
import symphony.api.rbac.Decision;
import symphony.api.rbac.Explanation;
import symphony.api.rbac.Explanation.MatchedRule;
import symphony.api.rbac.Permission;
import symphony.api.rbac.PolicyAdmin;
import symphony.api.rbac.PolicyEntry;
import symphony.api.rbac.PolicyReload;
import symphony.api.rbac.PolicyTrial;
import symphony.api.rbac.PolicyView;
import symphony.api.rbac.SecurityContext;

/** A small policy, and what was asked about it. */
final class FakePolicy implements PolicyAdmin {
    final List<String> calls = new ArrayList<>();
    PolicyView view = new PolicyView(
            PolicyView.Origin.FILE,
            "/srv/policy.json",
            "cafe",
            3,
            Rig.NOW,
            "",
            List.of(new PolicyEntry("shop.orders", 4, "the shop", "", List.of("sender"), List.of("!event:receive:b"))),
            List.of(new PolicyEntry("sender", 9, "", "", List.of(), List.of("event:publish:orders/*"))));
    PolicyReload reload = new PolicyReload.Unchanged("cafe");
    PolicyTrial trial = new PolicyTrial.Valid("beef", List.of("a x:y:z"), List.of("b x:y:z"), true);
    boolean denies;
    /** Who may do nothing. */
    String deniedUser = "";

    private void called(String call) {
        if (denies) {
            throw new AccessDeniedException("symphony.shell", Permission.of("policy:any:policy"), "");
        }
        String user = SecurityContext.current().user().orElse("");
        if (!user.isEmpty() && user.equals(deniedUser)) {
            throw new AccessDeniedException(user, Permission.of("policy:any:policy"), "");
        }
        calls.add(call);
    }

    @Override
    public PolicyView.Origin origin() {
        return view.origin();
    }

    @Override
    public PolicyView active() {
        called("active");
        return view;
    }

    @Override
    public Explanation explain(String principal, Permission permission) {
        called("explain " + principal + " " + permission);
        boolean allowed = permission.action().equals("publish");
        return new Explanation(
                new Decision(allowed, ""),
                allowed
                        ? List.of(new MatchedRule("event:publish:orders/*", false, 9, List.of("shop.orders", "sender")))
                        : List.of());
    }

    @Override
    public PolicyReload reload() {
        called("reload");
        return reload;
    }

    @Override
    public PolicyTrial tryOut(String text) {
        throw new UnsupportedOperationException();
    }

    @Override
    public PolicyTrial tryOut(Path file) {
        called("try " + file.getFileName());
        return trial;
    }
}
