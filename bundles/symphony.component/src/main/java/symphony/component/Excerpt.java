package symphony.component;

import java.lang.reflect.Array;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The start of a foreign value for an error message: a huge one does not fill the log, control characters in it do not drive
 * terminals or begin lines of their own, and what it does when it is asked for its text hurts nobody.
 */
public final class Excerpt {
    private static final char REPLACEMENT = '\uFFFD';
    private static final int MAX_ELEMENTS = 100;

    private Excerpt() {}

    /**
     * A value as text; an array as its elements.
     *
     * @param value anything, may be null
     * @param maxChars longest text, apart from the ellipsis that stands for the rest
     * @return printable text in one line
     */
    public static String of(Object value, int maxChars) {
        String text = value != null && value.getClass().isArray() ? elements(value) : text(value);
        return printable(text.length() > maxChars ? text.substring(0, end(text, maxChars)) + "…" : text);
    }

    private static String text(Object value) {
        if (value == null) {
            return "null";
        }
        String name = value.getClass().getName();
        try {
            return Optional.ofNullable(value.toString()).orElse("a " + name + " whose toString gives nothing");
        } catch (RuntimeException | Error e) {
            return "a " + name + " whose toString fails with " + e.getClass().getName();
        }
    }

    private static String elements(Object array) {
        int length = Array.getLength(array);
        String shown = IntStream.range(0, Math.min(length, MAX_ELEMENTS))
                .mapToObj(i -> text(Array.get(array, i)))
                .collect(Collectors.joining(", "));
        return '[' + shown + (length > MAX_ELEMENTS ? ", …]" : "]");
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
