package symphony.api.nlp;

import org.osgi.annotation.versioning.ProviderType;

/**
 * An intent that an utterance may have.
 *
 * @param name 1 to {@value #NAME_CHARS} printable characters
 * @param confidence how likely it is, 0 to 1; calibrated: of many intents that were given with 0.8 about 80 % are right
 */
@ProviderType
public record RankedIntent(String name, double confidence) {
    /** Most characters of an intent's name. */
    public static final int NAME_CHARS = 100;

    /**
     * Checks both.
     *
     * @throws IllegalArgumentException if the name is too long or not printable, or the confidence is not 0 to 1
     */
    public RankedIntent {
        Names.intent(name);
        if (!(confidence >= 0 && confidence <= 1)) {
            throw new IllegalArgumentException(
                    "confidence of intent '" + name + "' is " + confidence + ", must be 0 to 1");
        }
    }
}
