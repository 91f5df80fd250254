package symphony.nlp;

/**
 * A vector most of whose elements are 0.
 *
 * @param features numbers of the others, ascending; not copied
 * @param values theirs; not copied
 */
record SparseVector(int[] features, float[] values) {
    boolean isZero() {
        return features.length == 0;
    }

    float squaredLength() {
        float sum = 0;
        for (float value : values) {
            sum += value * value;
        }
        return sum;
    }

    float dot(float[] dense) {
        float sum = 0;
        for (int i = 0; i < features.length; i++) {
            sum += dense[features[i]] * values[i];
        }
        return sum;
    }

    void addTo(float[] dense, float factor) {
        for (int i = 0; i < features.length; i++) {
            dense[features[i]] += factor * values[i];
        }
    }
}
