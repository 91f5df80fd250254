package symphony.crypto;

/** A key was destroyed while something was derived from it: what came out is of no use, and must not be used. */
final class ErasedKeyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ErasedKeyException() {
        super("the key was destroyed meanwhile", null, false, false);
    }
}
