package symphony.nlp;

/**
 * What a model sees of an utterance.
 *
 * @param grams its n-grams
 * @param meaning what it means; not copied
 */
record UtteranceVector(SparseVector grams, float[] meaning) {
    float squaredLength() {
        return grams.squaredLength() + Vectors.product(meaning, meaning);
    }

    float dot(float[] ofGrams, float[] ofMeaning) {
        return grams.dot(ofGrams) + Vectors.product(meaning, ofMeaning);
    }

    void addTo(float[] ofGrams, float[] ofMeaning, float factor) {
        grams.addTo(ofGrams, factor);
        for (int i = 0; i < meaning.length; i++) {
            ofMeaning[i] += factor * meaning[i];
        }
    }
}
