package symphony.audit;

/** Nothing can be written to the trail now; the message says why and how to mend it. */
final class TrailException extends Exception {
    private static final long serialVersionUID = 1L;

    TrailException(String message, Throwable cause) {
        super(message, cause);
    }
}
