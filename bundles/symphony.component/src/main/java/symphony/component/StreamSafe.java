package symphony.component;

/**
 * Text that is brought into a normal form of Unicode in time in proportion to its length. Marks that combine with a letter are put
 * in order by insertion then, which takes the square of how many there are in a row; no writing needs more than a few, and whoever
 * wants to keep a machine busy sends a million. So at most {@value #MOST_MARKS} in a row are left, as many as the Stream-Safe Text
 * Format has (Unicode Standard Annex #15, section 13); others are dropped.
 */
public final class StreamSafe {
    static final int MOST_MARKS = 30;

    /** The only ones that become marks, and are none. */
    private static final int HALFWIDTH_VOICED = 0xff9e;

    private static final int HALFWIDTH_SEMI_VOICED = 0xff9f;

    private StreamSafe() {}

    /**
     * A text that is safe to normalise.
     *
     * @param text any
     * @return the same if it is already
     */
    public static CharSequence of(CharSequence text) {
        int unsafe = firstUnsafe(text);
        return unsafe == text.length() ? text : without(text, unsafe);
    }

    /** Where the first mark stands that is dropped; the end of the text if there is none. */
    private static int firstUnsafe(CharSequence text) {
        int marks = 0;
        int at = 0;
        while (at < text.length()) {
            int c = Character.codePointAt(text, at);
            marks = isMark(c) ? marks + 1 : 0;
            if (marks > MOST_MARKS) {
                return at;
            }
            at += Character.charCount(c);
        }
        return at;
    }

    private static CharSequence without(CharSequence text, int unsafe) {
        var safe = new StringBuilder(text.length()).append(text, 0, unsafe);
        int marks = MOST_MARKS;
        int at = unsafe;
        while (at < text.length()) {
            int c = Character.codePointAt(text, at);
            marks = isMark(c) ? marks + 1 : 0;
            if (marks <= MOST_MARKS) {
                safe.appendCodePoint(c);
            }
            at += Character.charCount(c);
        }
        return safe;
    }

    static boolean isMark(int c) {
        return switch (Character.getType(c)) {
            case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK -> true;
            default -> c == HALFWIDTH_VOICED || c == HALFWIDTH_SEMI_VOICED;
        };
    }
}
