package symphony.api.rbac;

import java.util.List;
import java.util.Objects;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A decision and what it comes from.
 *
 * @param decision the one that {@link AccessControl#decide} gives
 * @param rules all rules of the principal that match, those that forbid first, each in the policy's order
 */
@ProviderType
public record Explanation(Decision decision, List<MatchedRule> rules) {
    /**
     * A rule that matches.
     *
     * @param text the grant as written
     * @param forbids whether it begins with {@code !}
     * @param line where it stands
     * @param via how the principal comes to it: itself first, then role by role
     */
    @ProviderType
    public record MatchedRule(String text, boolean forbids, int line, List<String> via) {
        /** Checks that nothing is null and copies the list. */
        public MatchedRule {
            Objects.requireNonNull(text, "text");
            via = List.copyOf(via);
        }
    }

    /** Checks that nothing is null and copies the list. */
    public Explanation {
        Objects.requireNonNull(decision, "decision");
        rules = List.copyOf(rules);
    }
}
