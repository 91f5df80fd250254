package symphony.nlp;

import java.util.Arrays;
import java.util.List;

/**
 * The n-grams that a model knows, and in how many of its examples each is. Makes vectors: of each n-gram 1 + ln(how often) in
 * the utterance, times the root of ln((1 + examples) / (1 + examples with it)) + 1; those of words and those of characters each scaled
 * to a length of its own. Immutable.
 */
final class FeatureTable {
    /*
     * The root of the usual weight for rarity (IDF) makes less of it: of few examples little is known about what is rare.
     *
     * The characters' part is longer, as they tell more: spelling, endings, compounds. Keys are as good as random, so that their
     * highest bits tell about where one stands among all: where the keys with the same ones begin is kept, two to four of them
     * on average. Logarithms are StrictMath's: the same on each machine.
     */
    private static final float WORDS_LENGTH = 1;
    private static final float CHARACTERS_LENGTH = 1.4f;
    private static final int NONE = -1;

    /** What is in more examples counts as in so many: it says next to nothing either way. */
    static final int MOST_FREQUENT = Character.MAX_VALUE;

    private final int examples;
    private final int[] keys;
    private final char[] frequencies;
    private final int[] begins;
    private final int shift;

    /** By frequency. */
    private final float[] rarities;

    /**
     * Of what was counted or read.
     *
     * @param examples how many there were
     * @param keys ascending, not copied
     * @param frequencies in how many examples each is, 1 to all, {@link #MOST_FREQUENT} for more than that; not copied
     */
    FeatureTable(int examples, int[] keys, char[] frequencies) {
        this.examples = examples;
        this.keys = keys;
        this.frequencies = frequencies;
        this.rarities = rarities(examples);
        int bits = Math.max(1, 30 - Integer.numberOfLeadingZeros(keys.length | 1));
        this.shift = Integer.SIZE - bits;
        this.begins = new int[(1 << bits) + 1];
        for (int key : keys) {
            begins[highBits(key) + 1]++;
        }
        for (int i = 1; i < begins.length; i++) {
            begins[i] += begins[i - 1];
        }
    }

    private static float[] rarities(int examples) {
        float[] rarities = new float[examples + 1];
        for (int frequency = 0; frequency <= examples; frequency++) {
            rarities[frequency] = (float) Math.sqrt(StrictMath.log((1.0 + examples) / (1 + frequency)) + 1);
        }
        return rarities;
    }

    /** Counts all that is in some examples, given by their n-grams. */
    static FeatureTable counting(List<int[]> examples) {
        int[] all = new int
                [Math.toIntExact(
                        examples.stream().mapToLong(keys -> keys.length).sum())];
        int count = 0;
        for (int[] grams : examples) {
            for (int i = 0; i < grams.length; i++) {
                if (i == 0 || grams[i] != grams[i - 1]) {
                    all[count++] = grams[i];
                }
            }
        }
        Arrays.sort(all, 0, count);
        int[] keys = new int[count];
        char[] frequencies = new char[count];
        int features = 0;
        for (int i = 0; i < count; i++) {
            if (i == 0 || all[i] != all[i - 1]) {
                keys[features++] = all[i];
            }
            frequencies[features - 1] = (char) Math.min(MOST_FREQUENT, frequencies[features - 1] + 1);
        }
        return new FeatureTable(examples.size(), Arrays.copyOf(keys, features), Arrays.copyOf(frequencies, features));
    }

    int size() {
        return keys.length;
    }

    int examples() {
        return examples;
    }

    int key(int feature) {
        return keys[feature];
    }

    int frequency(int feature) {
        return frequencies[feature];
    }

    /**
     * What an utterance has of the known n-grams. The others count for its length, as rarer than all: the more of an utterance
     * is unknown, the shorter is what is known of it, and the less speaks for any intent.
     */
    SparseVector vector(int[] grams) {
        int[] features = new int[grams.length];
        float[] values = new float[grams.length];
        int count = 0;
        float words = 0;
        float characters = 0;
        for (int i = 0; i < grams.length; ) {
            int end = i + 1;
            while (end < grams.length && grams[end] == grams[i]) {
                end++;
            }
            int feature = feature(grams[i]);
            float value = weight(end - i) * rarities[feature == NONE ? 0 : frequencies[feature]];
            if (NGrams.isOfCharacters(grams[i])) {
                characters += value * value;
            } else {
                words += value * value;
            }
            if (feature != NONE) {
                features[count] = feature;
                values[count++] = value;
            }
            i = end;
        }
        var vector = new SparseVector(Arrays.copyOf(features, count), Arrays.copyOf(values, count));
        scale(vector, (float) (WORDS_LENGTH / Math.sqrt(words)), (float) (CHARACTERS_LENGTH / Math.sqrt(characters)));
        return vector;
    }

    private static float weight(int times) {
        return times == 1 ? 1 : (float) (1 + StrictMath.log(times));
    }

    private void scale(SparseVector vector, float ofWords, float ofCharacters) {
        for (int i = 0; i < vector.values().length; i++) {
            boolean characters = NGrams.isOfCharacters(keys[vector.features()[i]]);
            vector.values()[i] *= characters ? ofCharacters : ofWords;
        }
    }

    private int feature(int key) {
        int high = highBits(key);
        for (int i = begins[high]; i < begins[high + 1]; i++) {
            if (keys[i] == key) {
                return i;
            }
        }
        return NONE;
    }

    /** In the order of the keys, which are signed. */
    private int highBits(int key) {
        return (key ^ Integer.MIN_VALUE) >>> shift;
    }
}
