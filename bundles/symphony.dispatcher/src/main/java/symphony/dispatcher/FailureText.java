package symphony.dispatcher;

/** What was thrown, as a short text: nothing of the throwable is kept. */
final class FailureText {
    private static final int MAX_CHARS = 300;

    private FailureText() {}

    static String of(Throwable thrown) {
        String message;
        try {
            message = thrown.getMessage();
        } catch (Throwable worse) { // a handler's exception may do anything, even here
            message = "its message could not be read: " + worse.getClass().getName();
        }
        String name = thrown.getClass().getName();
        return cut(message == null || message.isEmpty() ? name : name + ": " + message);
    }

    private static String cut(String text) {
        return text.length() > MAX_CHARS ? text.substring(0, MAX_CHARS) + "…" : text;
    }
}
