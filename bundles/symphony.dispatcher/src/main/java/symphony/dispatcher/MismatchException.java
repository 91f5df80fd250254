package symphony.dispatcher;

/** An event's data does not fit the type that its handler wants; another attempt would not help. */
final class MismatchException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    MismatchException(IllegalArgumentException cause) {
        super(cause.getMessage(), cause);
    }
}
