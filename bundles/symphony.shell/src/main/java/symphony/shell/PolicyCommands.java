package symphony.shell;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import symphony.api.rbac.AccessDeniedException;
import symphony.api.rbac.Permission;
import symphony.api.rbac.PolicyAdmin;
import symphony.api.rbac.PolicyEntry;
import symphony.api.rbac.PolicyReload;
import symphony.api.rbac.PolicyTrial;
import symphony.api.rbac.PolicyView;
import symphony.api.rbac.SecurityContext;

/** {@code whoami}, {@code can} and {@code policy}. The policy admin checks permissions. */
final class PolicyCommands {
    private final Services services;
    private final Gate gate;

    PolicyCommands(Services services, Gate gate) {
        this.services = services;
        this.gate = gate;
    }

    List<Command> commands() {
        return List.of(
                new Command(
                        Synopsis.of("whoami", "show who asks in this shell, and who decides")
                                .with(Synopsis.JSON)
                                .example("symphony:whoami")
                                .build(),
                        this::whoami),
                new Command(
                        Synopsis.of("can", "tell whether somebody has a permission, and why")
                                .with(Operand.one(
                                        "PRINCIPAL", Kind.TEXT, "symbolic name of a bundle, or user: and a name"))
                                .with(Operand.one("PERMISSION", Kind.TEXT, "as event:publish:orders/new"))
                                .with(Synopsis.JSON)
                                .text(
                                        "A permission with wildcards is had only by who has it for all that they match. What is"
                                                + " forbidden wins.")
                                .example("symphony:can symphony.example.orders event:receive:orders/*")
                                .build(),
                        call -> can(call.arguments())),
                new Command(
                        Synopsis.of("policy", "show the policy, read its file now, or try another")
                                .with(Operand.one("ACTION", Kind.POLICY_ACTION, "show, reload or try"))
                                .with(Operand.maybe(
                                        "FILE", Kind.FILE, "try: a policy file, with a name that ends with .json"))
                                .with(Synopsis.JSON)
                                .text(
                                        "try checks a file and tells what it would change; nothing changes by it. The policy is"
                                                + " changed where it lies, and put in force by itself.")
                                .example("symphony:policy show")
                                .example("symphony:policy reload")
                                .example("symphony:policy try next.json")
                                .build(),
                        this::policy));
    }

    private Object whoami(Call call) throws Exception {
        String decides = "nobody: everything is allowed";
        if (services.hasAccessControl()) {
            decides = gate.isOpen(call.user())
                    ? new Maker(services, call.user()).call(this::policyInForce)
                    : "somebody: log in to see who";
        } else if (services.guard.required()) {
            decides = "nobody, and security is required: everything is denied";
        }
        String user = call.user().flatMap(SecurityContext::user).orElse("");
        return new WhoRow(Services.PRINCIPAL, user, services.guard.required() ? "required" : "open", decides);
    }

    private String policyInForce() {
        PolicyAdmin admin = services.policy.now();
        if (admin == null) {
            return "an access control without a policy to show";
        }
        if (admin.origin() == PolicyView.Origin.NONE) {
            return PolicyReport.NONE_IN_FORCE;
        }
        try {
            return PolicyReport.inForce(admin.active());
        } catch (AccessDeniedException e) {
            return "a policy that " + e.principal() + " may not see";
        }
    }

    private Object can(Arguments arguments) throws CommandException {
        String principal = arguments.text(0);
        try {
            Permission permission = Permission.of(arguments.text(1));
            return CanReport.of(principal, permission, services.policy.get().explain(principal, permission));
        } catch (IllegalArgumentException e) {
            throw new CommandException(e.getMessage(), e);
        }
    }

    private Object policy(Call call) throws CommandException {
        Arguments arguments = call.arguments();
        String action = arguments.text(0);
        boolean named = arguments.count() > 1;
        if (named != action.equals("try") && List.of("show", "reload", "try").contains(action)) {
            throw new CommandException(named ? action + " takes no FILE" : "try needs the FILE to try");
        }
        return switch (action) {
            case "show" -> PolicyReport.of(services.policy.get().active());
            case "reload" -> text(services.policy.get().reload());
            case "try" -> text(tried(call.file(arguments.text(1))));
            default ->
                throw new CommandException(
                        "unknown action " + Text.quoted(action) + "; known are show, reload, try FILE");
        };
    }

    private PolicyTrial tried(Path file) throws CommandException {
        return services.policy.get().tryOut(file);
    }

    private static String text(PolicyReload reload) throws CommandException {
        if (reload instanceof PolicyReload.Swapped swapped) {
            return "policy " + swapped.after() + " is in force, epoch " + swapped.epoch();
        }
        if (reload instanceof PolicyReload.Unchanged unchanged) {
            return "policy " + unchanged.hash() + " is in force already";
        }
        if (reload instanceof PolicyReload.Refused refused) {
            throw new CommandException("the policy file is refused, the policy before stays: " + refused.reason());
        }
        throw new CommandException(((PolicyReload.Unanswered) reload).reason());
    }

    private static Object text(PolicyTrial trial) throws CommandException {
        if (trial instanceof PolicyTrial.Valid valid) {
            return new TrialReport(valid.hash(), valid.added(), valid.removed(), valid.complete());
        }
        throw new CommandException("it would be refused: " + ((PolicyTrial.Refused) trial).reason());
    }

    /**
     * Who asks.
     *
     * @param principal who asks for permissions when this shell does something
     * @param user who is logged in in this session, and needs each of them, too; empty if nobody is
     * @param security whether permissions are needed where nobody decides: {@code required} or {@code open}
     * @param decides who decides
     */
    public record WhoRow(String principal, String user, String security, String decides) implements Report {
        @Override
        public List<String> lines(int width, Paint paint) {
            var lines = new ArrayList<String>();
            Text.field(lines, width, "principal", principal);
            Text.field(lines, width, "user", user.isEmpty() ? "nobody is logged in" : user);
            Text.field(lines, width, "security", security);
            Text.field(lines, width, "decides", decides);
            return lines;
        }
    }

    /**
     * What a policy would change.
     *
     * @param hash its SHA-256
     * @param added what principals would have
     * @param removed what they would have no longer
     * @param complete whether that is all
     */
    public record TrialReport(String hash, List<String> added, List<String> removed, boolean complete)
            implements Report {
        @Override
        public List<String> lines(int width, Paint paint) {
            var lines = new ArrayList<String>();
            lines.add("policy " + hash + " could be in force");
            removed.forEach(rule -> lines.addAll(Text.wrap("- " + Text.clean(rule), width)));
            added.forEach(rule -> lines.addAll(Text.wrap("+ " + Text.clean(rule), width)));
            if (!complete) {
                lines.add("… and more");
            } else if (added.isEmpty() && removed.isEmpty()) {
                lines.add("it would change nothing that may be shown");
            }
            return lines;
        }
    }

    /**
     * A principal or a role.
     *
     * @param name its name
     * @param roles what it has through
     * @param grants what it has by itself
     * @param comment what the policy says about it
     * @param line where it stands
     */
    public record EntryRow(String name, List<String> roles, List<String> grants, String comment, int line) {
        static EntryRow of(PolicyEntry entry) {
            return new EntryRow(entry.name(), entry.roles(), entry.grants(), entry.comment(), entry.line());
        }
    }

    /**
     * The policy in force.
     *
     * @param origin {@code FILE}, {@code GENERATED} or {@code NONE}
     * @param source where it is from
     * @param hash its SHA-256
     * @param epoch which one it is
     * @param since when it was put in force
     * @param problem why what lies in its place is not in force, or empty
     * @param principals whom it names
     * @param roles its roles
     */
    public record PolicyReport(
            String origin,
            String source,
            String hash,
            long epoch,
            String since,
            String problem,
            List<EntryRow> principals,
            List<EntryRow> roles)
            implements Report {
        private static final String NONE_IN_FORCE = "no policy is in force: everything is denied";

        static PolicyReport of(PolicyView view) {
            return new PolicyReport(
                    view.origin().name(),
                    view.source(),
                    view.hash(),
                    view.epoch(),
                    view.since().toString(),
                    view.problem(),
                    view.principals().stream().map(EntryRow::of).toList(),
                    view.roles().stream().map(EntryRow::of).toList());
        }

        static String inForce(PolicyView view) {
            return switch (view.origin()) {
                case FILE -> "policy " + view.source() + ", epoch " + view.epoch();
                case GENERATED -> "*** GENERATED POLICY *** for development only, epoch " + view.epoch();
                case NONE -> NONE_IN_FORCE;
            };
        }

        @Override
        public List<String> lines(int width, Paint paint) {
            var lines = new ArrayList<String>();
            Text.field(lines, width, "policy", source + " (" + origin + "), epoch " + epoch + ", since " + since);
            if (!hash.isEmpty()) {
                Text.field(lines, width, "SHA-256", hash);
            }
            if (!problem.isEmpty()) {
                Text.field(lines, width, "problem", problem);
            }
            lines.addAll(table(principals, "PRINCIPAL", "no principals: everything is denied")
                    .lines(width, paint));
            if (!roles.isEmpty()) {
                lines.addAll(table(roles, "ROLE", "").lines(width, paint));
            }
            return lines;
        }

        private static Rows<EntryRow> table(List<EntryRow> rows, String header, String none) {
            return new Rows<>(
                    rows,
                    none,
                    EntryRow::comment,
                    List.of(
                            Column.number("LINE", row -> Integer.toString(row.line())),
                            Column.name(header, EntryRow::name),
                            Column.name("ROLES", row -> String.join(", ", row.roles())),
                            Column.name("GRANTS", row -> String.join(", ", row.grants()))));
        }
    }
}
