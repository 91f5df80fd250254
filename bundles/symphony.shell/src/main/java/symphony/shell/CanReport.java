package symphony.shell;

import java.util.ArrayList;
import java.util.List;
import symphony.api.rbac.Explanation;
import symphony.api.rbac.Explanation.MatchedRule;
import symphony.api.rbac.Permission;

/**
 * Whether a principal has a permission.
 *
 * @param principal who
 * @param permission what for
 * @param allowed whether it has
 * @param rules all that match, those that forbid first
 */
public record CanReport(String principal, String permission, boolean allowed, List<Rule> rules) implements Report {
    /**
     * A rule that matches.
     *
     * @param grant as written
     * @param forbids whether it forbids
     * @param line where it stands
     * @param via how the principal comes to it: itself first, then role by role
     */
    public record Rule(String grant, boolean forbids, int line, List<String> via) {
        static Rule of(MatchedRule rule) {
            return new Rule(rule.text(), rule.forbids(), rule.line(), rule.via());
        }
    }

    static CanReport of(String principal, Permission permission, Explanation explanation) {
        return new CanReport(
                principal,
                permission.toString(),
                explanation.decision().allowed(),
                explanation.rules().stream().map(Rule::of).toList());
    }

    @Override
    public List<String> lines(int width, Paint paint) {
        var lines = new ArrayList<String>();
        String answer = principal + (allowed ? " has " : " has not ") + permission;
        lines.addAll(Text.wrap(Text.clean(answer), width));
        if (rules.isEmpty()) {
            lines.add("  no rule matches");
        }
        for (Rule rule : rules) {
            String text = "line " + rule.line + ": " + rule.grant + " (" + String.join(" > ", rule.via) + ")";
            Text.wrap(Text.clean(text), width - 2).forEach(line -> lines.add("  " + line));
        }
        return lines;
    }
}
