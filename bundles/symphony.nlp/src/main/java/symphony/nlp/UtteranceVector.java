package symphony.nlp;

/**
 * What a model sees of an utterance.
 *
 * @param grams its n-grams
 * @param meaning the mean of its tokens; not copied
 */
record UtteranceVector(SparseVector grams, float[] meaning) {
    private static final int AT_ONCE = 4;

    float squaredLength() {
        return grams.squaredLength() + product(meaning, meaning);
    }

    float dot(float[] ofGrams, float[] ofMeaning) {
        return grams.dot(ofGrams) + product(meaning, ofMeaning);
    }

    /** Four sums at once, which do not wait for each other. */
    private static float product(float[] one, float[] other) {
        float a = 0;
        float b = 0;
        float c = 0;
        float d = 0;
        for (int i = 0; i < one.length; i += AT_ONCE) {
            a += one[i] * other[i];
            b += one[i + 1] * other[i + 1];
            c += one[i + 2] * other[i + 2];
            d += one[i + 3] * other[i + 3];
        }
        return a + b + (c + d);
    }

    void addTo(float[] ofGrams, float[] ofMeaning, float factor) {
        grams.addTo(ofGrams, factor);
        for (int i = 0; i < meaning.length; i++) {
            ofMeaning[i] += factor * meaning[i];
        }
    }
}
