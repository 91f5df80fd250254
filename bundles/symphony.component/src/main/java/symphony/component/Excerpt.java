package symphony.component;

/**
 * The start of a foreign value for an error message: a huge one does not fill the log, control characters in it do not drive
 * terminals or begin lines of their own, and what it does when it is asked for its text hurts nobody.
 */
public final class Excerpt {
    private static final char REPLACEMENT = '\uFFFD';

    private Excerpt() {}

    /**
     * A value as text.
     *
     * @param value anything, may be null
     * @param maxChars longest text, apart from the ellipsis that stands for the rest
     * @return printable text in one line
     */
    public static String of(Object value, int maxChars) {
        String text;
        try {
            text = String.valueOf(value);
        } catch (RuntimeException | StackOverflowError | LinkageError e) {
            text = "a " + value.getClass().getName() + " whose toString fails with "
                    + e.getClass().getName();
        }
        return printable(text.length() > maxChars ? text.substring(0, end(text, maxChars)) + "…" : text);
    }

    /** Not between the two halves of a character. */
    private static int end(String text, int maxChars) {
        boolean cuts = maxChars > 0
                && Character.isHighSurrogate(text.charAt(maxChars - 1))
                && Character.isLowSurrogate(text.charAt(maxChars));
        return cuts ? maxChars - 1 : maxChars;
    }

    /**
     * Text without control and format characters, line ends among them, and without halves of characters.
     *
     * @param text not null
     * @return the text, each of them replaced by U+FFFD
     */
    public static String printable(String text) {
        var result = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            boolean shown = !Character.isISOControl(c)
                    && Character.getType(c) != Character.FORMAT
                    && Character.getType(c) != Character.SURROGATE
                    && c != '\u2028'
                    && c != '\u2029';
            result.appendCodePoint(shown ? c : REPLACEMENT);
        });
        return result.toString();
    }
}
