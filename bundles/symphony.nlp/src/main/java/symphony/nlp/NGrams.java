package symphony.nlp;

import java.text.Normalizer;
import java.util.Arrays;
import java.util.Locale;
import symphony.component.StreamSafe;

/**
 * What the recogniser sees of an utterance: its words, each two words in a row (with its ends), and within each word, marked at
 * its ends, each two to five characters in a row. Each of these is a key of 32 bits, a hash; the lowest bit tells words from
 * characters. One thread only.
 *
 * <p>Letters and digits make words; the text is taken in normal form NFKC, of a row of marks the first 30, and in lower case. Symbols, emoji among them, are words
 * of their own; punctuation, controls and formats are nothing.
 */
final class NGrams {
    /*
     * Of 100 000 keys in use, one n-gram in 40 000 that was never seen has the key of one that was: too few to be worth the
     * texts in the file and in memory. The hash is FNV-1a over mixed code points, mixed once more at the end (the finaliser of
     * MurmurHash3), so that all bits of a key are as good as random.
     */
    /** How many an utterance without words has. */
    static final int OF_NOTHING = 1;

    private static final int LEAST_CHARS = 2;
    private static final int MOST_CHARS = 5;
    private static final int BEGINNING = 0x1234567;
    private static final int END = 0x7654321;
    private static final int FNV_PRIME = 0x01000193;
    private static final int PAIR_FACTOR = 0x2545F491;
    private static final int WORD_EDGE = '_';
    private static final int OF_CHARACTERS = 1;

    private int[] keys = new int[256];
    private int count;

    private NGrams() {}

    /** Keys in ascending order; one that is there several times stands there as often. */
    static int[] of(String utterance) {
        var grams = new NGrams();
        grams.read(Normalizer.normalize(StreamSafe.of(utterance), Normalizer.Form.NFKC)
                .toLowerCase(Locale.ROOT)
                .codePoints()
                .filter(c -> Character.getType(c) != Character.FORMAT)
                .toArray());
        int[] sorted = Arrays.copyOf(grams.keys, grams.count);
        Arrays.sort(sorted);
        return sorted;
    }

    static boolean isOfCharacters(int key) {
        return (key & OF_CHARACTERS) != 0;
    }

    private void read(int[] text) {
        int before = BEGINNING;
        int at = 0;
        while (at < text.length) {
            int end = wordEnd(text, at);
            if (end > at) {
                int word = word(text, at, end);
                addOfWords(pair(before, word));
                before = word;
                at = end;
            } else {
                at++;
            }
        }
        addOfWords(pair(before, END));
    }

    /** Where the word ends that begins here; the same place if none does. */
    private static int wordEnd(int[] text, int begin) {
        if (isSymbol(text[begin])) {
            return begin + 1;
        }
        int end = begin;
        while (end < text.length && (Character.isLetterOrDigit(text[end]) || end > begin && isMark(text[end]))) {
            end++;
        }
        return end;
    }

    private static boolean isMark(int c) {
        int type = Character.getType(c);
        return type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK;
    }

    private static boolean isSymbol(int c) {
        int type = Character.getType(c);
        return type == Character.OTHER_SYMBOL || type == Character.CURRENCY_SYMBOL || type == Character.MATH_SYMBOL;
    }

    /** The word's hash; its own n-grams are added. */
    private int word(int[] text, int begin, int end) {
        int hash = 17;
        for (int i = begin; i < end; i++) {
            hash = hash * FNV_PRIME ^ mixed(text[i] + 0x9e37);
        }
        addOfWords(hash * 31 + 1);
        for (int i = begin - 1; i <= end; i++) {
            addFrom(text, i, begin, end);
        }
        return hash;
    }

    private void addFrom(int[] text, int first, int begin, int end) {
        int hash = 99;
        for (int length = 1; length <= MOST_CHARS && first + length <= end + 1; length++) {
            int at = first + length - 1;
            int c = at < begin || at == end ? WORD_EDGE : text[at];
            hash = hash * FNV_PRIME ^ mixed(c + 0x51ed);
            if (length >= LEAST_CHARS) {
                add(mixed(hash * 31 + length) | OF_CHARACTERS);
            }
        }
    }

    private static int pair(int first, int second) {
        return first * PAIR_FACTOR + second * 7 + 2;
    }

    private void addOfWords(int hash) {
        add(mixed(hash) & ~OF_CHARACTERS);
    }

    private void add(int key) {
        if (count == keys.length) {
            keys = Arrays.copyOf(keys, 2 * count);
        }
        keys[count++] = key;
    }

    private static int mixed(int hash) {
        int h = hash;
        h ^= h >>> 16;
        h *= 0x85ebca6b;
        h ^= h >>> 13;
        h *= 0xc2b2ae35;
        return h ^ h >>> 16;
    }
}
