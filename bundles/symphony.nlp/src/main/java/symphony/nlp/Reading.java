package symphony.nlp;

import symphony.api.nlp.SentenceEncoder;

/** What models see of an utterance. Each part is made when it is first asked for, and kept. One thread at a time. */
final class Reading {
    private final String utterance;

    /** Null if there is none. */
    private final SentenceEncoder encoder;

    private int[] grams;
    private int[] pieces;
    private float[] sentence;

    /** Without an encoder. */
    Reading(String utterance) {
        this(utterance, null);
    }

    Reading(String utterance, SentenceEncoder encoder) {
        this.utterance = utterance;
        this.encoder = encoder;
    }

    /** Whether there is nothing to recognise: no letter, digit or symbol. */
    boolean isBlank() {
        return grams().length <= NGrams.OF_NOTHING;
    }

    int[] grams() {
        if (grams == null) {
            grams = NGrams.of(utterance);
        }
        return grams;
    }

    int[] pieces() {
        if (pieces == null) {
            pieces = TokenTable.shared().pieces(utterance);
        }
        return pieces;
    }

    /** The encoder's vector. An encoder is a service of anybody's, so what it gives is looked at. */
    float[] sentence() {
        if (sentence == null) {
            float[] vector = encoder.encode(utterance);
            int dimensions = encoder.dimensions();
            if (vector == null || vector.length != dimensions) {
                throw new IllegalStateException("sentence encoder " + encoder.id() + " gave "
                        + (vector == null ? "null" : "a vector of " + vector.length + " elements") + ", must be of "
                        + dimensions);
            }
            for (float element : vector) {
                if (!Float.isFinite(element)) {
                    throw new IllegalStateException(
                            "sentence encoder " + encoder.id() + " gave a vector that has " + element);
                }
            }
            sentence = vector;
        }
        return sentence;
    }
}
