package symphony.nlp;

import java.util.Arrays;
import java.util.List;

/**
 * What each n-gram and each dimension of the meaning says for or against each intent. Of n-grams that are whole numbers of 8
 * bits, times a scale of the intent's; those that are 0, about nine in ten, are not kept. Immutable.
 */
final class Weights {
    private static final int LARGEST = 127;

    private final float[] scales;
    private final float[] biases;
    private final int[] begins;
    private final short[] intents;
    private final byte[] values;
    private final MeaningWeights ofMeaning;

    /**
     * Of what was read or put together; nothing is copied.
     *
     * @param scales of the intents
     * @param biases of the intents
     * @param begins where each feature's weights begin, and the end of the last one's
     * @param intents of each weight, ascending within a feature; unsigned
     * @param values of each weight
     * @param ofMeaning of the meaning's dimensions
     */
    Weights(float[] scales, float[] biases, int[] begins, short[] intents, byte[] values, MeaningWeights ofMeaning) {
        this.scales = scales;
        this.biases = biases;
        this.begins = begins;
        this.intents = intents;
        this.values = values;
        this.ofMeaning = ofMeaning;
    }

    /** What whole numbers of 8 bits are multiplied by to reach the largest of some weights. */
    static float scaleOf(float[] weights) {
        float largest = 0;
        for (float weight : weights) {
            largest = Math.max(largest, Math.abs(weight));
        }
        return largest == 0 ? 1 : largest / LARGEST;
    }

    /**
     * One intent's, made smaller.
     *
     * @param features those with a weight, ascending
     * @param values theirs, not 0
     * @param scale what to multiply them by
     * @param bias of the intent
     * @param ofMeaning weights of the meaning's dimensions
     */
    record Column(int[] features, byte[] values, float scale, float bias, float[] ofMeaning) {
        static Column of(float[] weights, float[] ofMeaning, float bias) {
            float scale = scaleOf(weights);
            int[] features = new int[weights.length];
            byte[] values = new byte[weights.length];
            int count = 0;
            for (int feature = 0; feature < weights.length; feature++) {
                int value = Math.round(weights[feature] / scale);
                if (value != 0) {
                    features[count] = feature;
                    values[count++] = (byte) value;
                }
            }
            return new Column(Arrays.copyOf(features, count), Arrays.copyOf(values, count), scale, bias, ofMeaning);
        }
    }

    /** Puts the columns of all intents together, for some number of features. */
    static Weights of(List<Column> columns, int features) {
        int[] begins = new int[features + 1];
        for (Column column : columns) {
            for (int feature : column.features) {
                begins[feature + 1]++;
            }
        }
        for (int feature = 0; feature < features; feature++) {
            begins[feature + 1] += begins[feature];
        }
        int[] next = Arrays.copyOf(begins, features);
        short[] intents = new short[begins[features]];
        byte[] values = new byte[begins[features]];
        float[] scales = new float[columns.size()];
        float[] biases = new float[columns.size()];
        for (int intent = 0; intent < scales.length; intent++) {
            Column column = columns.get(intent);
            scales[intent] = column.scale;
            biases[intent] = column.bias;
            for (int i = 0; i < column.features.length; i++) {
                int at = next[column.features[i]]++;
                intents[at] = (short) intent;
                values[at] = column.values[i];
            }
        }
        return new Weights(
                scales,
                biases,
                begins,
                intents,
                values,
                MeaningWeights.of(columns.stream().map(Column::ofMeaning).toList()));
    }

    /** How much speaks for each intent. */
    float[] margins(UtteranceVector utterance) {
        float[] margins = new float[scales.length];
        SparseVector vector = utterance.grams();
        int[] features = vector.features();
        for (int i = 0; i < features.length; i++) {
            float value = vector.values()[i];
            int end = begins[features[i] + 1];
            for (int at = begins[features[i]]; at < end; at++) {
                margins[intents[at] & 0xffff] += value * values[at];
            }
        }
        for (int intent = 0; intent < margins.length; intent++) {
            margins[intent] = margins[intent] * scales[intent] + biases[intent];
        }
        ofMeaning.addTo(margins, utterance.meaning());
        return margins;
    }

    int count(int feature) {
        return begins[feature + 1] - begins[feature];
    }

    int count() {
        return values.length;
    }

    int intent(int at) {
        return intents[at] & 0xffff;
    }

    byte value(int at) {
        return values[at];
    }

    MeaningWeights ofMeaning() {
        return ofMeaning;
    }

    float scale(int intent) {
        return scales[intent];
    }

    float bias(int intent) {
        return biases[intent];
    }

    float largestBias() {
        float largest = Float.NEGATIVE_INFINITY;
        for (float bias : biases) {
            largest = Math.max(largest, bias);
        }
        return largest;
    }
}
