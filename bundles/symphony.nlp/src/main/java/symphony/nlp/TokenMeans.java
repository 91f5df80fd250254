package symphony.nlp;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Vectors of utterances: the mean of the vectors of their pieces, each weighted by how rare it is in the examples (the root of
 * ln((1 + examples) / (1 + examples with it)) + 1, as n-grams are), made one long; less the mean of all examples; and scaled to a length. So what was
 * never said is near what means the same. Immutable.
 */
final class TokenMeans implements Meaning {
    /** As long as the part of the characters. */
    private static final float LENGTH = 1.4f;

    private final int examples;
    private final int[] pieces;
    private final char[] frequencies;
    private final float[] mean;

    /** By place in {@link #pieces}. */
    private final float[] rarities;

    private final float rarest;

    /**
     * Of what was counted or read; nothing is copied.
     *
     * @param examples how many there were
     * @param pieces those that were in some, ascending
     * @param frequencies in how many each is, 1 to {@link FeatureTable#MOST_FREQUENT}
     * @param mean of the examples
     */
    TokenMeans(int examples, int[] pieces, char[] frequencies, float[] mean) {
        this.examples = examples;
        this.pieces = pieces;
        this.frequencies = frequencies;
        this.mean = mean;
        this.rarities = new float[pieces.length];
        for (int i = 0; i < pieces.length; i++) {
            rarities[i] = rarity(frequencies[i]);
        }
        this.rarest = rarity(0);
    }

    private float rarity(int frequency) {
        return (float) Math.sqrt(StrictMath.log((1.0 + examples) / (1 + frequency)) + 1);
    }

    /** Counts what is in some examples. */
    static TokenMeans counting(List<Reading> examples) {
        Map<Integer, Integer> counts = new HashMap<>();
        for (Reading example : examples) {
            Arrays.stream(example.pieces()).distinct().forEach(piece -> counts.merge(piece, 1, Integer::sum));
        }
        var sorted = new TreeMap<>(counts);
        int[] pieces = sorted.keySet().stream().mapToInt(piece -> piece).toArray();
        char[] frequencies = new char[pieces.length];
        for (int i = 0; i < pieces.length; i++) {
            frequencies[i] = (char) Math.min(FeatureTable.MOST_FREQUENT, sorted.get(pieces[i]));
        }
        float[] mean = new float[TokenTable.DIMENSIONS];
        var counted = new TokenMeans(examples.size(), pieces, frequencies, mean);
        double[] sum = new double[mean.length];
        for (Reading example : examples) {
            float[] vector = counted.ofLengthOne(example.pieces());
            for (int i = 0; i < sum.length; i++) {
                sum[i] += vector[i];
            }
        }
        for (int i = 0; i < sum.length; i++) {
            mean[i] = (float) (sum[i] / examples.size());
        }
        return counted;
    }

    int examples() {
        return examples;
    }

    int size() {
        return pieces.length;
    }

    int piece(int at) {
        return pieces[at];
    }

    int frequency(int at) {
        return frequencies[at];
    }

    float mean(int dimension) {
        return mean[dimension];
    }

    @Override
    public int dimensions() {
        return mean.length;
    }

    /** All zeros for an utterance that has no piece. */
    @Override
    public float[] vector(Reading utterance) {
        float[] vector = ofLengthOne(utterance.pieces());
        if (utterance.pieces().length > 0) {
            for (int i = 0; i < vector.length; i++) {
                vector[i] -= mean[i];
            }
            Vectors.scale(vector, LENGTH);
        }
        return vector;
    }

    private float[] ofLengthOne(int[] utterance) {
        TokenTable table = TokenTable.shared();
        float[] sum = new float[TokenTable.DIMENSIONS];
        for (int piece : utterance) {
            int at = Arrays.binarySearch(pieces, piece);
            table.addTo(sum, piece, at < 0 ? rarest : rarities[at]);
        }
        Vectors.scale(sum, 1);
        return sum;
    }
}
