package symphony.rbac.weaver;

/** A class that demands permissions, or has operations, cannot be woven, or it cannot be told whether it must be. */
final class UnguardableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnguardableException(String message) {
        super(message);
    }

    UnguardableException(String message, Throwable cause) {
        super(message, cause);
    }
}
