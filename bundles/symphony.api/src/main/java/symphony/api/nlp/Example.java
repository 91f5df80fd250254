package symphony.api.nlp;

import java.util.Objects;
import org.osgi.annotation.versioning.ProviderType;

/**
 * An utterance and its intent, to learn from or to be measured by.
 *
 * @param intent see {@link RankedIntent#name()}
 * @param utterance not blank
 */
@ProviderType
public record Example(String intent, String utterance) {
    /**
     * Checks both.
     *
     * @throws IllegalArgumentException if the intent is no name, or the utterance is blank
     */
    public Example {
        Names.intent(intent);
        if (Objects.requireNonNull(utterance, "utterance").isBlank()) {
            throw new IllegalArgumentException("an utterance of intent '" + intent + "' is blank");
        }
    }

    /** The intent; never the utterance. */
    @Override
    public String toString() {
        return "an example of " + intent;
    }
}
