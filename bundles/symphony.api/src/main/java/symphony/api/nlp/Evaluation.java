package symphony.api.nlp;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * How good a model is.
 *
 * @param versions which versions of the model answered, in the order in which they came; more than one if another was activated
 *     meanwhile; copied
 * @param examples how many it was measured by
 * @param accuracy share whose most confident intent is right, 0 to 1, whether it is taken for out of scope or not
 * @param macroF1 F1 of each intent, averaged over the intents of the examples
 * @param calibrationError by how much confidence and accuracy differ on average, in 15 bins of equal width, 0 to 1
 * @param wronglyOutOfScope share of the examples that have the right intent and are taken for out of scope
 * @param outOfScope how many utterances out of scope it was measured by
 * @param outOfScopeRecall share of them that is found to be; NaN if there were none
 * @param intents how each intent fared that is one of the examples or was given to one, by name; copied
 * @param confusions which intents are taken for which, the most frequent first, at most {@value #MOST_CONFUSIONS}; copied
 */
@ProviderType
public record Evaluation(
        List<String> versions,
        int examples,
        double accuracy,
        double macroF1,
        double calibrationError,
        double wronglyOutOfScope,
        int outOfScope,
        double outOfScopeRecall,
        List<IntentTally> intents,
        List<Confusion> confusions) {
    /** Most confusions that are listed. */
    public static final int MOST_CONFUSIONS = 10_000;

    /** Copies the lists. */
    public Evaluation {
        versions = List.copyOf(versions);
        intents = List.copyOf(intents);
        confusions = List.copyOf(confusions);
    }

    /**
     * One intent taken for another.
     *
     * @param expected the right one
     * @param given the one that was most confident; empty if none was found
     * @param count how often
     * @param utterances some of them, at most {@value #MOST_UTTERANCES}; copied
     */
    @ProviderType
    public record Confusion(String expected, String given, int count, List<String> utterances) {
        /** Most utterances that are shown. */
        public static final int MOST_UTTERANCES = 3;

        /** Copies the list. */
        public Confusion {
            utterances = List.copyOf(utterances);
        }
    }
}
