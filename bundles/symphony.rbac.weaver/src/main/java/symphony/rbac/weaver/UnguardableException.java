package symphony.rbac.weaver;

/** A class that demands permissions cannot be given the checks, or it cannot be told whether it demands any. */
final class UnguardableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnguardableException(String message) {
        super(message);
    }

    UnguardableException(String message, Throwable cause) {
        super(message, cause);
    }
}
