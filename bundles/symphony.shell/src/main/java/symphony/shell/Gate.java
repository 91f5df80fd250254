package symphony.shell;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.apache.felix.service.command.CommandSession;
import symphony.api.rbac.SecurityContext;

/**
 * Lets commands run for those who may run them, in the name of who is logged in: then both the shell's bundle and the user need
 * each permission. Thread-safe.
 */
final class Gate {
    /** What anybody may: it shows nothing, or is the way in. */
    private static final Set<String> FREE =
            Set.of("banner", "help", "login", "logout", "whoami", "_candidates", LineParser.FAILING);

    private final Services services;
    private final Function<CommandSession, Optional<SecurityContext>> logins;
    private final BooleanSupplier wantsLogin;

    /** @param logins who is logged in in a session */
    Gate(Services services, Function<CommandSession, Optional<SecurityContext>> logins, BooleanSupplier wantsLogin) {
        this.services = services;
        this.logins = logins;
        this.wantsLogin = wantsLogin;
    }

    /** What a command does, in whose name. */
    @FunctionalInterface
    interface Body {
        Object run(Optional<SecurityContext> user) throws Exception;
    }

    /** Whether anybody may run a command, without scope. */
    static boolean isFree(String name) {
        return FREE.contains(name);
    }

    /** Whether somebody, or nobody, may do more than log in. */
    boolean isOpen(Optional<SecurityContext> user) {
        return user.isPresent() || !wantsLogin.getAsBoolean();
    }

    /**
     * Runs a command.
     *
     * @param name without scope
     * @param body what it does
     */
    Object run(String name, CommandSession session, Body body) throws Exception {
        refuseOthers();
        // Looked at once: another part of the same pipe may log out meanwhile, and its user would be nobody half of the
        // way.
        Optional<SecurityContext> user = logins.apply(session);
        if (isFree(name)) {
            return body.run(user);
        }
        if (!isOpen(user)) {
            throw new CommandException("log in first, with symphony:login NAME");
        }
        Callable<Object> checked = () -> {
            services.check("shell", "run", name);
            return body.run(user);
        };
        return user.isPresent() ? user.get().call(checked) : checked.call();
    }

    /** Commands are services, which any bundle can get: its handler would act with the shell's permissions. */
    private static void refuseOthers() throws CommandException {
        Optional<String> caller = SecurityContext.current().principal();
        if (caller.isPresent() && !caller.get().equals(Services.PRINCIPAL)) {
            throw new CommandException(
                    "is for the shell; " + Text.quoted(caller.get()) + " calls the service behind it instead");
        }
    }
}
