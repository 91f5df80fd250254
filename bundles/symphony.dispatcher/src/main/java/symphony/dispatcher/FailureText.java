package symphony.dispatcher;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.stream.Collectors;
import symphony.component.Excerpt;

/**
 * What was thrown, as text: nothing of the throwable is kept. Logs that can be read back keep what they are given, and a
 * handler's throwable would keep its class loader.
 */
final class FailureText {
    private static final int MAX_CHARS = 300;
    private static final int MAX_STACK_CHARS = 8_000;

    private FailureText() {}

    static String of(Throwable thrown) {
        String message;
        try {
            message = thrown.getMessage();
        } catch (Throwable worse) { // a handler's exception may do anything, even here
            message = "its message could not be read: " + worse.getClass().getName();
        }
        String name = thrown.getClass().getName();
        return Excerpt.of(message == null || message.isEmpty() ? name : name + ": " + message, MAX_CHARS);
    }

    /** Without the class of one of those that say what is wrong and how to mend it, as contracts have them. */
    static String reasonOf(Throwable thrown) {
        boolean says =
                thrown.getClass() == IllegalArgumentException.class || thrown.getClass() == IllegalStateException.class;
        String message = says ? thrown.getMessage() : null;
        return message == null ? of(thrown) : message;
    }

    /** The name of its class, for code. */
    static String classOf(Throwable thrown) {
        return Excerpt.of(thrown.getClass().getName(), MAX_CHARS);
    }

    /** Without its class, for one of our own whose message says it all. */
    static String messageOf(MismatchException thrown) {
        return Excerpt.of(thrown.getMessage(), MAX_CHARS);
    }

    /** With its stack and its causes. */
    static String withStack(Throwable thrown) {
        var text = new StringWriter();
        try {
            thrown.printStackTrace(new PrintWriter(text, true));
        } catch (Throwable worse) {
            text.append("its stack could not be read: ").append(worse.getClass().getName());
        }
        return cut(text.toString(), MAX_STACK_CHARS)
                .lines()
                .map(line -> Excerpt.printable(line.replace("\t", "    ")))
                .collect(Collectors.joining("\n    ")); // no line of a message looks like one of the log's own
    }

    private static String cut(String text, int most) {
        return text.length() > most ? text.substring(0, most) + "…" : text;
    }
}
