package symphony.nlp;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import symphony.component.StreamSafe;
import symphony.nlp.Token.Kind;

/** The tokens of an utterance, in its order. Immutable. */
final class Tokens {
    /** Longer ones are no words that anybody declares, and no numbers that anybody says. */
    private static final int MOST_CHARS = 64;

    private final List<Token> tokens;

    private Tokens(List<Token> tokens) {
        this.tokens = tokens;
    }

    static Tokens of(String utterance) {
        var tokens = new ArrayList<Token>();
        int at = 0;
        while (at < utterance.length()) {
            int c = utterance.codePointAt(at);
            if (Character.isWhitespace(c) || Character.isSpaceChar(c) || Character.isISOControl(c)) {
                at += Character.charCount(c);
            } else {
                Token token = token(utterance, at, c);
                tokens.add(token);
                at = token.end();
            }
        }
        return new Tokens(tokens);
    }

    private static Token token(String utterance, int at, int c) {
        if (Character.isDigit(c)) {
            return token(Kind.DIGITS, utterance, at, endOfDigits(utterance, at));
        }
        if (isWord(c)) {
            return token(Kind.WORD, utterance, at, endOfWord(utterance, at));
        }
        return token(Kind.SIGN, utterance, at, at + Character.charCount(c));
    }

    private static Token token(Kind kind, String utterance, int begin, int end) {
        String text = end - begin > MOST_CHARS ? "" : fold(utterance.substring(begin, end));
        return new Token(kind, text, begin, end);
    }

    private static int endOfDigits(String utterance, int begin) {
        int at = begin;
        while (at < utterance.length() && Character.isDigit(utterance.codePointAt(at))) {
            at += Character.charCount(utterance.codePointAt(at));
        }
        return at;
    }

    /** With apostrophes inside, as in {@code o'clock}. */
    private static int endOfWord(String utterance, int begin) {
        int at = begin;
        while (at < utterance.length()) {
            int c = utterance.codePointAt(at);
            int next = at + Character.charCount(c);
            boolean inside =
                    isApostrophe(c) && next < utterance.length() && Character.isLetter(utterance.codePointAt(next));
            if (!isWord(c) && !inside) {
                return at;
            }
            at = next;
        }
        return at;
    }

    private static boolean isWord(int c) {
        return Character.isLetter(c)
                || Character.getType(c) == Character.NON_SPACING_MARK
                || Character.getType(c) == Character.COMBINING_SPACING_MARK;
    }

    private static boolean isApostrophe(int c) {
        return c == '\'' || c == '\u2019';
    }

    /** Lower case, one form of each letter, ASCII digits and apostrophes. */
    static String fold(String text) {
        String lower =
                Normalizer.normalize(StreamSafe.of(text), Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
        var folded = new StringBuilder(lower.length());
        lower.codePoints().forEach(c -> {
            int digit = Character.digit(c, 10);
            folded.appendCodePoint(isApostrophe(c) ? '\'' : digit >= 0 ? '0' + digit : c);
        });
        return folded.toString();
    }

    int size() {
        return tokens.size();
    }

    /** The one at a place, {@link Token#NONE} where there is none. */
    Token get(int at) {
        return at < 0 || at >= tokens.size() ? Token.NONE : tokens.get(at);
    }

    /** Whether there is more than signs. */
    boolean anyWord() {
        return tokens.stream().anyMatch(token -> token.kind() != Kind.SIGN);
    }

    /** Whether nothing stands between a token and the one before it. */
    boolean touches(int at) {
        return at > 0 && at < tokens.size() && get(at - 1).end() == get(at).begin();
    }

    /** Whether words follow each other from a place on. */
    boolean are(int at, String... words) {
        for (int i = 0; i < words.length; i++) {
            if (!get(at + i).is(words[i])) {
                return false;
            }
        }
        return true;
    }
}
