package symphony.crypto;

import java.nio.charset.StandardCharsets;

/** Text as bytes, without a loss that nobody sees. */
final class Text {
    private Text() {}

    /** UTF-8; throws {@code IllegalArgumentException} where half a surrogate pair stands, or if it is longer. */
    static byte[] utf8(String what, String text, int maxBytes) {
        checkPairs(what, text);
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > maxBytes) {
            throw new IllegalArgumentException(
                    what + " has " + bytes.length + " bytes in UTF-8, at most " + maxBytes + " are allowed");
        }
        return bytes;
    }

    private static void checkPairs(String what, String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                int c = text.codePointAt(i);
                if (!Character.isSupplementaryCodePoint(c)) {
                    throw new IllegalArgumentException(
                            what + " has half a surrogate pair at position " + i + ", which is no text");
                }
                i++;
            }
        }
    }
}
