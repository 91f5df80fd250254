package symphony.shell;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import symphony.api.audit.AuditUnavailableException;
import symphony.api.audit.Outcome;
import symphony.api.rbac.SecurityContext;
import symphony.api.user.AuthenticationException;
import symphony.api.user.Authenticator;
import symphony.api.user.UserAccount;
import symphony.api.user.UserAccounts;

/** {@code login}, {@code logout} and {@code user}. The authenticator audits, the accounts check permissions and audit. */
final class UserCommands {
    private final Services services;
    private final Logins logins;
    private final Passwords passwords;
    private final InstantSource clock;

    UserCommands(Services services, Logins logins, Passwords passwords, InstantSource clock) {
        this.services = services;
        this.logins = logins;
        this.passwords = passwords;
        this.clock = clock;
    }

    static List<String> actions() {
        return List.of("list", "add", "passwd", "remove", "unlock");
    }

    List<Command> commands() {
        return List.of(
                new Command(
                        Synopsis.of("login", "work in this session as a user")
                                .with(Operand.one("NAME", Kind.TEXT, "of the user"))
                                .with(Passwords.FILE)
                                .text(
                                        "From then on a command is done only if both the shell's bundle and the user may do it. What"
                                                + " closures and routes do, they do as who has made them; schedules are the shell's.")
                                .example("symphony:login ada --file password.txt")
                                .build(),
                        this::login),
                new Command(
                        Synopsis.of("logout", "work in this session as nobody in particular")
                                .example("symphony:logout")
                                .build(),
                        this::logout),
                new Command(
                        Synopsis.of("user", "list users, add one, set a password, remove one")
                                .with(Operand.one("ACTION", Kind.USER_ACTION, "list, add, passwd, remove or unlock"))
                                .with(Operand.maybe("NAME", Kind.TEXT, "of the user"))
                                .with(Passwords.FILE)
                                .with(Synopsis.JSON)
                                .text(
                                        "The password is asked for. What a user may is for the policy to say; unlock lets passwords be"
                                                + " tried again at once, after too many wrong ones.")
                                .example("symphony:user add grace --file password.txt")
                                .example("symphony:user list")
                                .build(),
                        this::user));
    }

    private Object login(Call call) throws Exception {
        String name = call.arguments().text(0);
        var authenticator = services.authenticator.get();
        services.contexts.get(); // before anybody types a password
        char[] password = passwords.known(call, name);
        try {
            String principal = authenticator.authenticate(name, password);
            SecurityContext context = contextOf(principal);
            logins.of(call.session()).ifPresent(this::recordLogout);
            logins.login(call.session(), context);
            return Text.clean(principal) + " is logged in";
        } catch (AuthenticationException e) {
            throw new CommandException(e.getMessage(), e);
        } finally {
            Arrays.fill(password, '\0');
        }
    }

    /** An authenticator may be anybody's: what it lets in must be a user, and no bundle, in whose name no user would be asked. */
    private SecurityContext contextOf(String principal) throws CommandException {
        if (principal == null || !principal.startsWith(Authenticator.PRINCIPAL_PREFIX)) {
            throw noUser(principal);
        }
        SecurityContext context = services.contexts.get().of(principal);
        if (!context.user().equals(Optional.of(principal))) {
            throw noUser(principal);
        }
        return context;
    }

    private static CommandException noUser(String principal) {
        return new CommandException("the authenticator answers " + Text.quoted(principal)
                + ", which is no user's principal; see authenticator.target in PID symphony.shell");
    }

    private Object logout(Call call) throws CommandException {
        Optional<SecurityContext> before = logins.logout(call.session());
        if (before.isEmpty()) {
            return "nobody was logged in";
        }
        try {
            recordLogout(before.get());
        } catch (AuditUnavailableException e) {
            throw new CommandException("logged out, but the audit trail does not say so: " + e.getMessage(), e);
        }
        return "logged out";
    }

    private void recordLogout(SecurityContext context) {
        services.guard.record(Services.PRINCIPAL, "user:logout", context.user().orElse(""), Outcome.DONE, Map.of());
    }

    private Object user(Call call) throws Exception {
        Arguments arguments = call.arguments();
        String action = arguments.text(0);
        if (!actions().contains(action)) {
            throw new CommandException("unknown action " + Text.quoted(action)
                    + "; known are list, add NAME, passwd NAME, remove NAME, unlock NAME");
        }
        boolean named = arguments.count() > 1;
        if (named == action.equals("list")) {
            throw new CommandException(named ? "list takes no NAME" : action + " needs the NAME of a user");
        }
        boolean sets = action.equals("add") || action.equals("passwd");
        if (arguments.flag(Passwords.FILE.name()) && !sets) {
            throw new CommandException(Passwords.FILE.name() + " is for add and passwd, not for " + action);
        }
        UserAccounts accounts = services.accounts.get();
        if (!named) {
            return changed(() -> UserRow.table(accounts.list(), clock.instant()));
        }
        String name = arguments.text(1);
        return changed(() -> switch (action) {
            case "add" -> set(call, name, accounts::add, "is added; let the policy say what it may");
            case "passwd" -> set(call, name, accounts::setPassword, "has another password");
            case "remove" -> {
                accounts.remove(name);
                yield Text.clean(name) + " is removed; who is logged in so stays so";
            }
            default -> {
                accounts.unlock(name);
                yield Text.clean(name) + " may try again";
            }
        });
    }

    /** What an action does. */
    @FunctionalInterface
    private interface Step {
        Object run() throws Exception;
    }

    /** What cannot be, or a file that cannot be used, is for the user to mend. */
    private static Object changed(Step step) throws Exception {
        try {
            return step.run();
        } catch (AuditUnavailableException e) {
            throw e;
        } catch (IllegalStateException e) {
            throw new CommandException(e.getMessage(), e);
        }
    }

    /** Takes a name and a password. */
    @FunctionalInterface
    private interface Setter {
        void set(String name, char[] password);
    }

    private Object set(Call call, String name, Setter setter, String done) throws Exception {
        char[] password = passwords.chosen(call, name);
        try {
            setter.set(name, password);
            return Text.clean(name) + ' ' + done;
        } finally {
            Arrays.fill(password, '\0');
        }
    }

    /**
     * A user.
     *
     * @param name of the user
     * @param changed when the password was set
     * @param failures wrong passwords since the last right one
     * @param lockedFor how long none is checked, in seconds
     * @param seen when it was looked at
     */
    public record UserRow(String name, Instant changed, int failures, long lockedFor, Instant seen) {
        static Rows<UserRow> table(List<UserAccount> accounts, Instant seen) {
            return new Rows<>(
                    accounts.stream()
                            .map(a -> new UserRow(
                                    a.name(),
                                    a.changed(),
                                    a.failures(),
                                    a.lockedFor().plusSeconds(1).minusNanos(1).toSeconds(),
                                    seen))
                            .toList(),
                    "no users; symphony:user add NAME makes one",
                    row -> "",
                    List.of(
                            Column.name("NAME", UserRow::name),
                            Column.number("PASSWORD SET", UserRow::age),
                            Column.number("WRONG", row -> Integer.toString(row.failures)),
                            Column.word(
                                    "LOCKED FOR", row -> row.lockedFor == 0 ? "-" : Text.time(row.lockedFor * 1000))));
        }

        private String age() {
            return Text.time(Duration.between(changed, seen).toMillis()) + " ago";
        }
    }
}
