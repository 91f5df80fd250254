package symphony.shell;

import org.apache.felix.service.command.CommandSession;

/** Prints a line into a session that may be doing something else. */
@FunctionalInterface
interface LinePrinter {
    /** Below what was printed last. */
    LinePrinter PLAIN = (session, line) -> {
        session.getConsole().println(line);
        session.getConsole().flush();
    };

    void print(CommandSession session, String line);
}
