package symphony.launcher;

/** The product cannot start or go on; the message is one line for a person: what, where, how to mend. */
final class LaunchException extends Exception {
    /** The call itself is wrong: an argument, a setting, a folder that is not the product's. */
    static final int USAGE = 2;
    /** The call is right, something else is in the way. */
    static final int FAILURE = 1;

    private static final long serialVersionUID = 1L;
    private final int exitCode;

    private LaunchException(int exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    static LaunchException usage(String message) {
        return new LaunchException(USAGE, message, null);
    }

    static LaunchException failure(String message) {
        return new LaunchException(FAILURE, message, null);
    }

    static LaunchException failure(String message, Throwable cause) {
        return new LaunchException(FAILURE, message + ": " + Reason.of(cause), cause);
    }

    int exitCode() {
        return exitCode;
    }
}
