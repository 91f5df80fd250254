package symphony.shell;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.audit.AuditUnavailableException;

/**
 * A command: reads its arguments, answers {@code --help}, prints {@code --json}, and turns whatever goes wrong into one line.
 * A Gogo {@code Function}, since Gogo's own matching of arguments to methods turns {@code 007} into 7 and answers mistakes
 * with "Cannot coerce". Thread-safe if its action is.
 */
final class Command implements Function {
    /** What a command does. */
    @FunctionalInterface
    interface Action {
        /**
         * Does it.
         *
         * @param call with arguments that fit the synopsis
         * @return the result, for scripts and, formatted, for people; null for none
         * @throws Exception with a message for people; anything unchecked that is not a caller's mistake counts as a bug
         */
        Object run(Call call) throws Exception;
    }

    private static final Logger log = LoggerFactory.getLogger(Command.class);

    private final Synopsis synopsis;
    private final Action action;
    private final Optional<Gate> gate;

    Command(Synopsis synopsis, Action action) {
        this(synopsis, action, Optional.empty());
    }

    private Command(Synopsis synopsis, Action action, Optional<Gate> gate) {
        this.synopsis = synopsis;
        this.action = action;
        this.gate = gate;
    }

    /** The same, for those who may run it. */
    Command behind(Gate guarding) {
        return new Command(synopsis, action, Optional.of(guarding));
    }

    Synopsis synopsis() {
        return synopsis;
    }

    @Override
    public Object execute(CommandSession session, List<Object> given) throws Exception {
        try {
            Arguments arguments = Arguments.parse(synopsis, given);
            var console = Console.of(session);
            if (arguments.has(Synopsis.HELP)) {
                synopsis.help(console.width()).forEach(console::line);
                return null;
            }
            return result(run(session, arguments, console), arguments, console);
        } catch (InterruptedException e) {
            throw e; // Gogo knows what to do with Ctrl-C.
        } catch (CommandException e) {
            throw failure(e.getMessage(), e);
        } catch (IllegalArgumentException | SecurityException | AuditUnavailableException e) {
            throw failure(e.getMessage(), e); // the API says what was wrong with what the user gave
        } catch (Exception e) {
            log.warn("{} failed unexpectedly", synopsis.scoped(), e);
            throw failure("failed unexpectedly: " + e + "; more is in the log", e);
        }
    }

    private Object run(CommandSession session, Arguments arguments, Console console) throws Exception {
        Gate.Body body = user -> action.run(new Call(session, arguments, console, user));
        return gate.isPresent() ? gate.get().run(synopsis.name(), session, body) : body.run(Optional.empty());
    }

    private static Object result(Object result, Arguments arguments, Console console) {
        if (!arguments.has(Synopsis.JSON) || result == null) {
            return result;
        }
        for (Object row : result instanceof Rows<?> rows ? rows : List.of(result)) {
            console.line(Json.write(row));
        }
        if (result instanceof Rows<?> rows) {
            rows.next().ifPresent(from -> console.line(Json.write(Map.of("next", from))));
        }
        return null;
    }

    private CommandException failure(String message, Exception cause) {
        return new CommandException(synopsis.name().replaceFirst("^_", "") + ": " + message, cause);
    }
}
