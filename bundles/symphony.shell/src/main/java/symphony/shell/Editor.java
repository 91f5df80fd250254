package symphony.shell;

import java.util.List;
import java.util.Optional;
import org.apache.felix.service.command.CommandSession;

/** The line editor of the host, if it has one that we know. */
interface Editor extends LinePrinter {
    /** A host without. */
    Editor NONE = new Editor() {
        @Override
        public void complete(CommandSession session, Iterable<Synopsis> commands) {
            // nothing completes there
        }

        @Override
        public void expectScript() {
            // without an editor nobody reads it
        }

        @Override
        public String unread(CommandSession session) {
            return "";
        }

        @Override
        public void forget(CommandSession session, Iterable<Synopsis> commands) {
            // nothing was remembered
        }

        @Override
        public Object candidates(CommandSession session, Completion completion) {
            return List.of();
        }

        @Override
        public void follow(CommandSession session, Script script) {
            // nobody knows what is read there
        }

        @Override
        public boolean isInteractive(CommandSession session) {
            return false;
        }

        @Override
        public Interruption interruption(CommandSession session) {
            return Interruption.of(signal -> () -> {});
        }

        @Override
        public Optional<char[]> secret(CommandSession session, String prompt) {
            return Optional.empty();
        }

        @Override
        public void print(CommandSession session, String line) {
            LinePrinter.PLAIN.print(session, line);
        }
    };

    /** Makes a session complete the arguments of our commands. Cheap if it does already. */
    void complete(CommandSession session, Iterable<Synopsis> commands);

    /** Tells a script what the session reads, and has lines that are no commands fail like others. Cheap if it does already. */
    void follow(CommandSession session, Script script);

    /** Before the shell starts: what it will read is a script. */
    void expectScript();

    /** What the session has read of a line, or the line that it read last. */
    String unread(CommandSession session);

    /** Takes completion and following back. */
    void forget(CommandSession session, Iterable<Synopsis> commands);

    /** What may stand at the cursor, in the form that the editor wants. */
    Object candidates(CommandSession session, Completion completion);

    /** Whether the session reads lines: of somebody who sits before it, or of a script. */
    boolean isInteractive(CommandSession session);

    /**
     * Asks for a line that is not shown, and remembered nowhere.
     *
     * @return the line, for the caller to clear; empty if there is nobody to ask
     */
    Optional<char[]> secret(CommandSession session, String prompt) throws CommandException, InterruptedException;

    /** Takes Ctrl-C for the command that runs on this thread. */
    Interruption interruption(CommandSession session);

    /** The editor of gogo.jline if our import of it was resolved. */
    static Editor find() {
        try {
            Class.forName("org.jline.builtins.Completers$CompletionData");
            return new JlineEditor();
        } catch (ClassNotFoundException | LinkageError e) {
            return NONE; // gogo.runtime alone
        }
    }
}
