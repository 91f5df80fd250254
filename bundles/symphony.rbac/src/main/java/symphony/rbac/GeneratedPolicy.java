package symphony.rbac;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Set;
import symphony.api.rbac.PolicyView.Origin;

/** The policy for development: a policy file like any other, which lies in this bundle. */
final class GeneratedPolicy {
    static final String SOURCE = "generated policy";

    private static final String RESOURCE = "generated-policy.json";

    private GeneratedPolicy() {}

    static Policy of(Set<String> systemBundles) {
        try {
            return Policy.of(Origin.GENERATED, SOURCE, SOURCE, systemBundles, content());
        } catch (PolicyException e) {
            throw new IllegalStateException("the policy in this bundle is damaged", e);
        }
    }

    static byte[] content() {
        try (InputStream in = GeneratedPolicy.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException("this bundle lacks " + RESOURCE);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
