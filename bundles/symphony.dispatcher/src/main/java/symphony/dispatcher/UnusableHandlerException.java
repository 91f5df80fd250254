package symphony.dispatcher;

/** A handler cannot be called at all, whatever the event; says why and how to mend it. */
final class UnusableHandlerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnusableHandlerException(String message, Throwable cause) {
        super(message, cause);
    }
}
