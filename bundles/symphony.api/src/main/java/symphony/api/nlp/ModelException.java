package symphony.api.nlp;

import org.osgi.annotation.versioning.ProviderType;

/** A model is not there, cannot be read or written, or does not fit what it should be used for. */
@ProviderType
public class ModelException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    /**
     * Tells which model, and how to mend it.
     *
     * @param message what, where, and how to mend it
     */
    public ModelException(String message) {
        super(message);
    }

    /**
     * Tells which model, why, and how to mend it.
     *
     * @param message what, where, and how to mend it
     * @param cause what went wrong
     */
    public ModelException(String message, Throwable cause) {
        super(message, cause);
    }
}
