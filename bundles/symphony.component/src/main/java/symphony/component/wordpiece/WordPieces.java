package symphony.component.wordpiece;

import java.text.Normalizer;
import java.util.Arrays;
import symphony.component.StreamSafe;

/**
 * Takes a text apart as BERT's uncased models do: words and signs, without accents and in lower case, each into the longest pieces
 * that the vocabulary has, from left to right (Devlin et al.: BERT, NAACL 2019, with the rules of its reference tokeniser).
 * Immutable, thread-safe.
 */
public final class WordPieces {
    private static final int LONGEST_WORD = 100;
    private static final int REPLACEMENT = 0xfffd;
    private static final int CONTINUED = '#';
    private static final int MARK = 2;

    private final Vocabulary vocabulary;
    private final int unknown;

    /**
     * Without special pieces around a text.
     *
     * @param vocabulary of the encoder
     * @param unknown the piece for a word that cannot be taken apart
     */
    public WordPieces(Vocabulary vocabulary, int unknown) {
        this.vocabulary = vocabulary;
        this.unknown = unknown;
    }

    /**
     * Takes a text apart, in time in proportion to its length.
     *
     * @param text any
     * @param most pieces at most; what follows is not looked at
     * @return the numbers of its pieces
     */
    public int[] of(String text, int most) {
        return new Reading(normal(text), most).pieces();
    }

    /** Without what is no character, in normal form D without accents (of a row of marks only the first 30 are looked at), and in lower case; ideographs stand alone. */
    private static int[] normal(String text) {
        var clean = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(c -> {
            if (isSpace(c)) {
                clean.append(' ');
            } else if (isIdeograph(c)) {
                clean.append(' ').appendCodePoint(c).append(' ');
            } else if (c != REPLACEMENT && !isOther(c)) {
                clean.appendCodePoint(c);
            }
        });
        return Normalizer.normalize(StreamSafe.of(clean), Normalizer.Form.NFD)
                .codePoints()
                .filter(c -> Character.getType(c) != Character.NON_SPACING_MARK)
                .map(Character::toLowerCase)
                .toArray();
    }

    private static boolean isSpace(int c) {
        return c == '\t' || c == '\n' || c == '\r' || Character.isSpaceChar(c);
    }

    private static boolean isOther(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.PRIVATE_USE, Character.SURROGATE -> true;
            default -> false;
        };
    }

    private static boolean isIdeograph(int c) {
        return c >= 0x4e00 && c <= 0x9fff
                || c >= 0x3400 && c <= 0x4dbf
                || c >= 0x20000 && c <= 0x2a6df
                || c >= 0x2a700 && c <= 0x2b73f
                || c >= 0x2b740 && c <= 0x2b81f
                || c >= 0x2b920 && c <= 0x2ceaf
                || c >= 0xf900 && c <= 0xfaff
                || c >= 0x2f800 && c <= 0x2fa1f;
    }

    /** Also those signs of ASCII that Unicode has as symbols. */
    private static boolean isPunctuation(int c) {
        if (c > ' ' && c < 0x7f) {
            return !Character.isLetterOrDigit(c);
        }
        return switch (Character.getType(c)) {
            case Character.CONNECTOR_PUNCTUATION,
                    Character.DASH_PUNCTUATION,
                    Character.START_PUNCTUATION,
                    Character.END_PUNCTUATION,
                    Character.INITIAL_QUOTE_PUNCTUATION,
                    Character.FINAL_QUOTE_PUNCTUATION,
                    Character.OTHER_PUNCTUATION -> true;
            default -> false;
        };
    }

    private final class Reading {
        private final int[] text;
        private final int most;
        private int[] pieces = new int[32];
        private int count;

        Reading(int[] text, int most) {
            this.text = text;
            this.most = most;
        }

        int[] pieces() {
            int at = 0;
            while (at < text.length && count < most) {
                int end = wordEnd(at);
                if (end > at) {
                    addWord(at, end);
                    at = end;
                } else {
                    at++;
                }
            }
            return Arrays.copyOf(pieces, Math.min(count, most));
        }

        /** Where the word or the sign ends that begins here; the same place if none does. */
        private int wordEnd(int begin) {
            if (isPunctuation(text[begin])) {
                return begin + 1;
            }
            int end = begin;
            while (end < text.length && !isSpace(text[end]) && !isPunctuation(text[end])) {
                end++;
            }
            return end;
        }

        private void addWord(int begin, int end) {
            int before = count;
            if (end - begin > LONGEST_WORD) {
                add(unknown);
                return;
            }
            // Room for the mark of pieces that go on is before each of them, over what was read already.
            int[] word = new int[MARK + end - begin];
            System.arraycopy(text, begin, word, MARK, end - begin);
            int at = MARK;
            while (at < word.length) {
                int from = at;
                if (at > MARK) {
                    from = at - MARK;
                    word[from] = CONTINUED;
                    word[from + 1] = CONTINUED;
                }
                int to = word.length;
                int id = vocabulary.id(word, from, to);
                while (id == Vocabulary.NONE && to > at + 1) {
                    to--;
                    id = vocabulary.id(word, from, to);
                }
                if (id == Vocabulary.NONE) {
                    count = before;
                    add(unknown);
                    return;
                }
                add(id);
                at = to;
            }
        }

        private void add(int piece) {
            if (count == pieces.length) {
                pieces = Arrays.copyOf(pieces, 2 * count);
            }
            pieces[count++] = piece;
        }
    }
}
