package symphony.nlp;

import java.util.ArrayList;
import java.util.List;
import symphony.api.nlp.RankedIntent;
import symphony.api.nlp.Recognition;

/**
 * The default recogniser's model: n-grams, tokens, weights, and what makes confidence of them. Immutable, thread-safe.
 *
 * @param intents names, ascending
 * @param features known n-grams
 * @param tokens what makes vectors of tokens
 * @param weights of n-grams and of those vectors for the intents
 * @param calibration of margins
 * @param heldOutAccuracy what it had reached on examples it did not know, NaN if there were none
 */
record LinearModel(
        List<String> intents,
        FeatureTable features,
        TokenMeans tokens,
        Weights weights,
        Calibration calibration,
        float heldOutAccuracy) {
    /** Most intents of an answer. */
    static final int MOST_RANKED = 10;

    /** Recognises; {@code version} is told with it. Without a single known n-gram an utterance is out of scope. */
    Recognition recognize(String utterance, String version) {
        SparseVector grams = features.vector(NGrams.of(utterance));
        float[] margins = weights.margins(new UtteranceVector(grams, tokens.vector(utterance)));
        List<RankedIntent> ranked = ranked(calibration.confidences(margins));
        boolean outOfScope = grams.isZero() || largest(margins) < calibration.threshold();
        return new Recognition(ranked, outOfScope, version);
    }

    /** How many it was trained with. */
    int examples() {
        return features.examples() - intents.size(); // which has their names, too
    }

    private static float largest(float[] margins) {
        float largest = Float.NEGATIVE_INFINITY;
        for (float margin : margins) {
            largest = Math.max(largest, margin);
        }
        return largest;
    }

    /** Of intents alike the first by name; each time the best of those left, which of a few is quicker than to sort them all. */
    private List<RankedIntent> ranked(double[] confidences) {
        int count = Math.min(MOST_RANKED, confidences.length);
        var ranked = new ArrayList<RankedIntent>(count);
        for (int rank = 0; rank < count; rank++) {
            int best = 0;
            for (int i = 1; i < confidences.length; i++) {
                if (confidences[i] > confidences[best]) {
                    best = i;
                }
            }
            ranked.add(new RankedIntent(intents.get(best), Math.min(1, confidences[best])));
            confidences[best] = -1;
        }
        return ranked;
    }
}
