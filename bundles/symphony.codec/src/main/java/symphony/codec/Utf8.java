package symphony.codec;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** UTF-8 without substitution: what cannot be written or read exactly is refused, where the JDK's strings put a {@code ?}. */
final class Utf8 {
    /** Characters below it are one byte. */
    static final int ASCII = 0x80;

    private static final int TWO_BYTES = 0x800;
    private static final char REPLACEMENT = '\uFFFD';

    private Utf8() {}

    /** How many bytes a text has in UTF-8; at most the largest {@code int}, which is over every limit. */
    static int length(String text) {
        long length = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ASCII) {
                length++;
            } else if (c < TWO_BYTES) {
                length += 2;
            } else if (!Character.isSurrogate(c)) {
                length += 3;
            } else {
                checkPair(text, i++);
                length += 4;
            }
        }
        return (int) Math.min(length, Integer.MAX_VALUE);
    }

    private static void checkPair(String text, int i) {
        boolean pair = i + 1 < text.length() && Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1));
        if (!pair) {
            throw new Mismatch("the text has half a surrogate pair at position " + i + ", which is no character");
        }
    }

    /** Writes a text that {@link #length} accepted; gives the position after it. */
    static int write(String text, byte[] out, int begin) {
        int at = begin;
        for (int i = 0; i < text.length(); i++) {
            int c = text.charAt(i);
            if (c < ASCII) {
                out[at++] = (byte) c;
            } else if (c < TWO_BYTES) {
                out[at++] = (byte) (0xc0 | c >> 6);
                out[at++] = trail(c);
            } else if (!Character.isSurrogate((char) c)) {
                out[at++] = (byte) (0xe0 | c >> 12);
                out[at++] = trail(c >> 6);
                out[at++] = trail(c);
            } else {
                int point = Character.toCodePoint((char) c, text.charAt(++i));
                out[at++] = (byte) (0xf0 | point >> 18);
                out[at++] = trail(point >> 12);
                out[at++] = trail(point >> 6);
                out[at++] = trail(point);
            }
        }
        return at;
    }

    private static byte trail(int bits) {
        return (byte) (0x80 | bits & 0x3f);
    }

    /** Reads a text. The JDK's fast way puts U+FFFD for what is no UTF-8; only where that shows is the exact way needed. */
    static String read(byte[] in, int offset, int length) {
        String text = new String(in, offset, length, StandardCharsets.UTF_8);
        if (text.indexOf(REPLACEMENT) >= 0) {
            try {
                StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(in, offset, length));
            } catch (CharacterCodingException e) {
                throw new Mismatch("the text is not valid UTF-8", e);
            }
        }
        return text;
    }
}
