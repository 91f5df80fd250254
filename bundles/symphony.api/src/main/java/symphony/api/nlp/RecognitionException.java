package symphony.api.nlp;

import org.osgi.annotation.versioning.ProviderType;

/** A recogniser failed over an utterance. That it is out of scope is no failure. */
@ProviderType
public class RecognitionException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Tells whose recogniser failed and why.
     *
     * @param message what failed, without the utterance
     * @param cause what it threw
     */
    public RecognitionException(String message, Throwable cause) {
        super(message, cause);
    }
}
