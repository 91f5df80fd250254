package symphony.rbac;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Set;
import symphony.api.rbac.Decision;
import symphony.api.rbac.Permission;
import symphony.api.rbac.PolicyView.Origin;

/** Policies for tests. */
final class Policies {
    static final Set<String> SYSTEM = Set.of("system.bundle", "org.apache.felix.framework");

    private Policies() {}

    /** Written with single quotes in place of double ones. */
    static String json(String text) {
        return text.replace('\'', '"');
    }

    static byte[] bytes(String text) {
        return json(text).getBytes(StandardCharsets.UTF_8);
    }

    static Policy policy(String text) {
        try {
            return Policy.of(Origin.FILE, "policy.json", "policy.json", SYSTEM, bytes(text));
        } catch (PolicyException e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }

    /** One bundle, {@code shop}, with these grants. */
    static Policy granting(String... grants) {
        return policy(textGranting(grants));
    }

    static String textGranting(String... grants) {
        String list = grants.length == 0 ? "" : "'" + String.join("', '", grants) + "'";
        return "{'version': 1, 'bundles': {'shop': {'grants': [" + list + "]}}}";
    }

    static boolean allows(Policy policy, String principal, String permission) {
        return decide(policy, principal, Permission.of(permission)).allowed();
    }

    /** Where nobody has signed anything. */
    static Decision decide(Policy policy, String principal, Permission permission) {
        var nobody = new HashMap<String, Set<String>>();
        policy.signers().keySet().forEach(signed -> nobody.put(signed, Set.of()));
        return policy.decide(principal, permission, Signatures.of(nobody));
    }
}
