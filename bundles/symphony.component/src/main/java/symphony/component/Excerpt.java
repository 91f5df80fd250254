package symphony.component;

/** The start of a value in an error message, so that a huge one does not fill the log. */
final class Excerpt {
    private Excerpt() {}

    static String of(Object value, int maxChars) {
        String text = String.valueOf(value);
        return text.length() > maxChars ? text.substring(0, maxChars) + "…" : text;
    }
}
