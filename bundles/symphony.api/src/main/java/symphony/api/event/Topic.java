package symphony.api.event;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Objects;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Rules for topics: one or more segments joined by {@code /}, each of one or more letters, digits, {@code _}, {@code $}
 * or {@code -} of any script ({@link Character#isJavaIdentifierPart(int)}, not ignorable, or {@code -}), in Unicode
 * normal form NFC, at most {@value #MAX_BYTES} bytes in UTF-8. Topics are case-sensitive.
 */
@ProviderType
public final class Topic {
    /** Most bytes of a topic in UTF-8. */
    public static final int MAX_BYTES = 255;

    private Topic() {}

    /**
     * Checks a topic.
     *
     * @param topic as {@code orders/new}
     * @return the same topic
     * @throws NullPointerException if it is null
     * @throws IllegalArgumentException if it breaks a rule; the message says which, and where
     */
    public static String check(String topic) {
        Objects.requireNonNull(topic, "topic");
        if (topic.isEmpty()) {
            throw new IllegalArgumentException("topic is empty; write one like orders/new");
        }
        boolean ascii = true;
        int segment = 0;
        for (int i = 0; i < topic.length(); ) {
            int c = topic.codePointAt(i);
            if (c == '/') {
                checkSegment(topic, i, segment);
                segment = 0;
            } else {
                checkCharacter(topic, i, c);
                ascii &= c < 0x80;
                segment++;
            }
            i += Character.charCount(c);
        }
        checkSegment(topic, topic.length(), segment);
        checkLength(topic, ascii);
        if (!ascii && !Normalizer.isNormalized(topic, Normalizer.Form.NFC)) {
            throw new IllegalArgumentException(
                    "topic '" + shown(topic) + "' is not in Unicode normal form NFC; java.text.Normalizer makes it so");
        }
        return topic;
    }

    private static void checkSegment(String topic, int at, int length) {
        if (length == 0) {
            throw new IllegalArgumentException("topic '" + shown(topic) + "' has an empty segment before position " + at
                    + "; write one / between segments and none at the ends, as orders/new");
        }
    }

    private static void checkCharacter(String topic, int at, int c) {
        boolean ok =
                c < 0x80 ? isAsciiPart(c) : Character.isJavaIdentifierPart(c) && !Character.isIdentifierIgnorable(c);
        if (!ok) {
            String hint = c == '*' || c == '+' ? "; wildcards belong in filters, an event has one topic" : "";
            throw new IllegalArgumentException("topic '" + shown(topic) + "' has " + name(c) + " at position " + at
                    + "; allowed are letters, digits, _ $ - and / between segments" + hint);
        }
    }

    private static boolean isAsciiPart(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '$';
    }

    private static void checkLength(String topic, boolean ascii) {
        int bytes = ascii ? topic.length() : topic.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_BYTES) {
            throw new IllegalArgumentException("topic '" + shown(topic) + "' has " + bytes + " bytes in UTF-8, at most "
                    + MAX_BYTES + " are allowed; shorten it, and put what varies into the data");
        }
    }

    /** A character as people can read it, whatever it is. */
    private static String name(int c) {
        return c > 0x20 && c < 0x7f ? "'" + (char) c + "'" : String.format("U+%04X", c);
    }

    /** A text for an error message: short, and nothing in it that a terminal would obey. */
    static String shown(String text) {
        String start = text.length() > 80 ? text.substring(0, 80) + "…" : text;
        return start.replaceAll("[^\\x20-\\x7e\\p{L}\\p{N}…]", "?");
    }
}
