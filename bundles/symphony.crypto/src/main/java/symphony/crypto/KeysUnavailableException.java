package symphony.crypto;

/** Keys cannot be had; the message is one line that says what, where and how to mend it. Nothing was changed. */
final class KeysUnavailableException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    private final String what;

    KeysUnavailableException(String what, Throwable cause) {
        super(Crypto.PID + ": " + what + "; then restart bundle " + Crypto.PID + "; nothing was changed", cause);
        this.what = what;
    }

    /** What and how to mend it, without what is to be done then. */
    String what() {
        return what;
    }
}
