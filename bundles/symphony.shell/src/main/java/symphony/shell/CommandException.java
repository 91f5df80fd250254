package symphony.shell;

/**
 * A command did not do what it was asked for. The message is one line: which command, what was wrong, how to mend it.
 * {@link #toString()} is that line alone, since this is what the shell prints.
 */
final class CommandException extends Exception {
    private static final long serialVersionUID = 1L;

    CommandException(String message) {
        this(message, null);
    }

    CommandException(String message, Throwable cause) {
        super(Text.line(message), cause);
    }

    @Override
    public String toString() {
        return getMessage();
    }
}
