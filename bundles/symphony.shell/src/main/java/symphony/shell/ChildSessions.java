package symphony.shell;

import java.io.InputStream;
import java.io.PrintStream;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;

/** Makes sessions beside those that users have, in a way that the host's commands work in them. */
@FunctionalInterface
interface ChildSessions {
    /** Gogo by itself: a session is a session. */
    ChildSessions GOGO = (processor, parent, out) -> processor.createSession(InputStream.nullInputStream(), out, out);

    /**
     * Opens one, with nothing to read.
     *
     * @param processor of the parent
     * @param parent the session of a user; its variables are not copied
     * @param out where it prints
     */
    CommandSession open(CommandProcessor processor, CommandSession parent, PrintStream out);

    /** Those of the host's shell, if we know it. */
    static ChildSessions find() {
        try {
            Class.forName("org.apache.karaf.shell.api.console.SessionFactory");
            return new KarafSessions();
        } catch (ClassNotFoundException | LinkageError e) {
            return GOGO;
        }
    }
}
