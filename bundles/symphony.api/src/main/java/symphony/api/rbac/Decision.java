package symphony.api.rbac;

import java.util.Objects;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The answer to whether a principal has a permission.
 *
 * @param allowed whether it has
 * @param rule the rule that decided, for people; empty if none did, or whoever asked shall not know it
 */
@ProviderType
public record Decision(boolean allowed, String rule) {
    /** Checks that there is a rule. */
    public Decision {
        Objects.requireNonNull(rule, "rule");
    }
}
