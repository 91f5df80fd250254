package symphony.crypto;

/** Carries the reason from where it is found to where it is counted; leaves this bundle as {@code SealException} only. */
final class NotOpenedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final OpenFailure failure;

    /** Without a stack trace: forgeries must be cheap to refuse. */
    NotOpenedException(OpenFailure failure) {
        super(failure.text(), null, false, false);
        this.failure = failure;
    }

    OpenFailure failure() {
        return failure;
    }
}
