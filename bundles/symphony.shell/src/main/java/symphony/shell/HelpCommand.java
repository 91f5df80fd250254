package symphony.shell;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** {@code help}: all commands, or one. */
final class HelpCommand {
    private final Supplier<Map<String, Command>> commands;

    HelpCommand(Supplier<Map<String, Command>> commands) {
        this.commands = commands;
    }

    Command command() {
        return new Command(
                Synopsis.of("help", "list the commands, or explain one")
                        .with(Operand.maybe("COMMAND", Kind.COMMAND, "one of them, with or without symphony:"))
                        .example("symphony:help publish")
                        .build(),
                this::run);
    }

    private Object run(Call call) throws CommandException {
        if (call.arguments().count() == 0) {
            return new Rows<>(
                    all(),
                    "no commands",
                    c -> "",
                    List.of(
                            Column.word("COMMAND", CommandRow::command),
                            Column.name("WHAT IT DOES (more: symphony:help COMMAND)", CommandRow::summary)));
        }
        String name = call.arguments().text(0);
        String prefix = Synopsis.SCOPE + ":";
        Command command = commands.get().get(name.startsWith(prefix) ? name.substring(prefix.length()) : name);
        if (command == null) {
            throw new CommandException("no command " + Text.quoted(name) + "; symphony:help lists them");
        }
        command.synopsis().help(call.console().width()).forEach(call.console()::line);
        return null;
    }

    private List<CommandRow> all() {
        return commands.get().values().stream()
                .map(Command::synopsis)
                .filter(synopsis -> !synopsis.name().startsWith("_"))
                .map(synopsis -> new CommandRow(synopsis.scoped(), synopsis.summary()))
                .toList();
    }
}
