package symphony.nlp;

import java.util.List;

/** Vectors of a sentence encoder, less the mean of the examples', and scaled to a length. Immutable. */
final class EncodedMeans implements Meaning {
    private final float[] mean;
    private final float length;

    /**
     * Of what was counted or read; nothing is copied.
     *
     * @param mean of the examples' vectors
     * @param length of the vectors that it makes
     */
    EncodedMeans(float[] mean, float length) {
        this.mean = mean;
        this.length = length;
    }

    static EncodedMeans counting(List<Reading> examples, float length) {
        double[] sum = new double[examples.get(0).sentence().length];
        for (Reading example : examples) {
            float[] vector = example.sentence();
            for (int i = 0; i < sum.length; i++) {
                sum[i] += vector[i];
            }
        }
        float[] mean = new float[sum.length];
        for (int i = 0; i < mean.length; i++) {
            mean[i] = (float) (sum[i] / examples.size());
        }
        return new EncodedMeans(mean, length);
    }

    float length() {
        return length;
    }

    float mean(int dimension) {
        return mean[dimension];
    }

    @Override
    public int dimensions() {
        return mean.length;
    }

    @Override
    public float[] vector(Reading utterance) {
        float[] vector = utterance.sentence().clone();
        if (vector.length != mean.length) {
            throw new IllegalStateException("the encoder's vectors have " + vector.length
                    + " dimensions, those that the model was trained with had " + mean.length);
        }
        for (int i = 0; i < vector.length; i++) {
            vector[i] -= mean[i];
        }
        Vectors.scale(vector, length);
        return vector;
    }
}
