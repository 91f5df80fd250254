package symphony.shell;

import java.io.InputStream;
import java.io.PrintStream;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.apache.karaf.shell.api.console.Session;

/** Apache Karaf's shell. The only class that names Karaf's: it is loaded only where they are. Thread-safe. */
final class KarafSessions implements ChildSessions {
    /*
     * Karaf wraps each of Gogo's sessions into one of its own, and each command, ours and echo too, looks for that one in a
     * variable of the session it runs in. In a session that Gogo made alone every command ends with a NullPointerException.
     */
    private static final String KARAFS = ".session";
    private static final String GOGOS = ".commandSession";

    @Override
    public CommandSession open(CommandProcessor processor, CommandSession parent, PrintStream out) {
        if (parent.get(KARAFS) instanceof Session session) {
            Session child = session.getFactory().create(InputStream.nullInputStream(), out, out, session);
            if (child.get(GOGOS) instanceof CommandSession gogo) {
                return gogo; // closing it is all that closing the child would do
            }
        }
        return GOGO.open(processor, parent, out); // a session that somebody else made
    }
}
