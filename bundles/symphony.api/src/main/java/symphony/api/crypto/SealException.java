package symphony.api.crypto;

import org.osgi.annotation.versioning.ProviderType;

/**
 * Something could not be opened: it was changed, cut, sealed for something else, or its key is not to be had. Deliberately
 * always the same, so that nobody learns from it how far a forgery got; the reason is in the audit trail.
 */
@ProviderType
public class SealException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The one message. */
    public static final String MESSAGE = "the envelope cannot be opened";

    /** The one exception of its kind. */
    public SealException() {
        super(MESSAGE);
    }
}
