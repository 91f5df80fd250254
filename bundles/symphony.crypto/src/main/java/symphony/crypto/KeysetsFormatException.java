package symphony.crypto;

/** Keysets were there and cannot be used; the message says why and how to mend it. */
final class KeysetsFormatException extends Exception {
    private static final long serialVersionUID = 1L;

    KeysetsFormatException(String message, Throwable cause) {
        super(message, cause);
    }
}
