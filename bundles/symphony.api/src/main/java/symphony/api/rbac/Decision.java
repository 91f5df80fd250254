package symphony.api.rbac;

import java.util.Objects;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The answer to whether a principal has a permission.
 *
 * @param allowed whether it has
 * @param rule the rule that decided, for people; empty if none did, or whoever asked shall not know it
 * @param id stands for what decided, in audit records: as {@code 3/17}, the 17th grant of the policy of epoch 3; empty if
 *     whoever asked shall not know it, or what decides has none
 * @param epoch counts the policies that were put in force, the one that decided among them; 0 where the id is empty
 */
@ProviderType
public record Decision(boolean allowed, String rule, String id, long epoch) {
    /** Checks that there are a rule and an id. */
    public Decision {
        Objects.requireNonNull(rule, "rule");
        Objects.requireNonNull(id, "id");
    }

    /**
     * Without an id.
     *
     * @param allowed whether the principal has the permission
     * @param rule the rule that decided, may be empty
     */
    public Decision(boolean allowed, String rule) {
        this(allowed, rule, "", 0);
    }
}
