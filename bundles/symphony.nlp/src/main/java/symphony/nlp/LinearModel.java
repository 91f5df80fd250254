package symphony.nlp;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import symphony.api.nlp.RankedIntent;
import symphony.api.nlp.Recognition;

/**
 * What recognises: n-grams, a vector of the meaning, weights of both, and what makes confidence of them. Immutable, thread-safe.
 *
 * @param intents names, ascending
 * @param features known n-grams
 * @param meaning makes the vector of what an utterance means
 * @param weights of n-grams and of that vector for the intents
 * @param calibration of margins, and of what is out of scope
 * @param distances tell what is out of scope; without, the largest margin does
 * @param heldOutAccuracy what it had reached on examples it did not know, NaN if there were none
 */
record LinearModel(
        List<String> intents,
        FeatureTable features,
        Meaning meaning,
        Weights weights,
        Calibration calibration,
        Optional<Distances> distances,
        float heldOutAccuracy) {
    /** Most intents of an answer. */
    static final int MOST_RANKED = 10;

    /**
     * Recognises; {@code version} is told with it. Where n-grams are known and an utterance has not a single one of them, it is out of
     * scope; so is one without words.
     */
    Recognition recognize(Reading utterance, String version) {
        UtteranceVector vector = vector(utterance);
        float[] margins = weights.margins(vector);
        boolean outOfScope = utterance.isBlank()
                || features.size() > 0 && vector.grams().isZero()
                || score(vector, margins) < calibration.threshold();
        return new Recognition(ranked(calibration.confidences(margins)), outOfScope, version);
    }

    /** Whether an utterance has not a single n-gram that is known. */
    boolean knowsNothingOf(Reading utterance) {
        return features.vector(utterance.grams()).isZero();
    }

    UtteranceVector vector(Reading utterance) {
        return vector(utterance, features, meaning);
    }

    /** What is seen of an utterance by some n-grams, if there are any, and its meaning. */
    static UtteranceVector vector(Reading utterance, FeatureTable features, Meaning meaning) {
        SparseVector grams =
                features.size() > 0 ? features.vector(utterance.grams()) : new SparseVector(new int[0], new float[0]);
        return new UtteranceVector(grams, meaning.vector(utterance));
    }

    /** The larger, the surer it is that an utterance is in scope. */
    float score(UtteranceVector utterance, float[] margins) {
        return distances.isPresent() ? distances.get().score(utterance.meaning()) : largest(margins);
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
