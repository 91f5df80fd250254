package symphony.nlp;

import java.util.List;

/**
 * What each dimension of an utterance's meaning says for or against each intent: whole numbers of 8 bits, times a scale of the intent's.
 * Immutable.
 */
final class MeaningWeights {
    private final float[] scales;

    /** Already times the scales; of each dimension those of all intents, so that they are added up in a row. */
    private final float[] products;

    /**
     * Of what was read; the scales are not copied.
     *
     * @param scales of the intents
     * @param values of each dimension those of all intents
     */
    MeaningWeights(float[] scales, byte[] values) {
        this.scales = scales;
        this.products = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            products[i] = values[i] * scales[i % scales.length];
        }
    }

    /** Of the weights of each intent, made smaller. */
    static MeaningWeights of(List<float[]> columns) {
        int intents = columns.size();
        float[] scales = new float[intents];
        byte[] values = new byte[intents * columns.get(0).length];
        for (int intent = 0; intent < intents; intent++) {
            float[] column = columns.get(intent);
            scales[intent] = Weights.scaleOf(column);
            for (int i = 0; i < column.length; i++) {
                values[i * intents + intent] = (byte) Math.round(column[i] / scales[intent]);
            }
        }
        return new MeaningWeights(scales, values);
    }

    void addTo(float[] margins, float[] meaning) {
        int at = 0;
        for (float element : meaning) {
            for (int intent = 0; intent < margins.length; intent++) {
                margins[intent] += element * products[at + intent];
            }
            at += margins.length;
        }
    }

    int count() {
        return products.length;
    }

    float scale(int intent) {
        return scales[intent];
    }

    /** Exactly the number that the product was made of. */
    byte value(int at) {
        return (byte) Math.round(products[at] / scales[at % scales.length]);
    }
}
