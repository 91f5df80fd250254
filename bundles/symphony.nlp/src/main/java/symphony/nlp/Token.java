package symphony.nlp;

/**
 * A word, a run of digits or a sign of an utterance.
 *
 * @param kind which of them
 * @param text in lower case, digits as ASCII; empty if it is too long to be anything we know
 * @param begin of its first character
 * @param end behind its last character
 */
record Token(Kind kind, String text, int begin, int end) {
    /** What it is. */
    enum Kind {
        WORD,
        DIGITS,
        SIGN
    }

    /** What stands behind the last one, and before the first. */
    static final Token NONE = new Token(Kind.SIGN, "", -1, -1);

    boolean isDigits() {
        return kind == Kind.DIGITS;
    }

    boolean is(String word) {
        return text.equals(word);
    }
}
