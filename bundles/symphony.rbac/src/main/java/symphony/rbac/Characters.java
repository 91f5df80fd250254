package symphony.rbac;

import java.lang.Character.UnicodeScript;
import java.text.Normalizer;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/**
 * Which characters are what they look like, and how text with others is shown. What has no look of its own, or the look of
 * something else, could hide in a policy what it grants.
 */
final class Characters {
    private static final int MAX_SHOWN = 80;

    /** Scripts with letters that look like Latin ones. */
    private static final Set<UnicodeScript> LIKE_LATIN = EnumSet.of(
            UnicodeScript.CYRILLIC,
            UnicodeScript.GREEK,
            UnicodeScript.ARMENIAN,
            UnicodeScript.CHEROKEE,
            UnicodeScript.COPTIC);

    /**
     * Those that Unicode's confusables.txt (UTS 39) gives for the marks of a grant, {@code / * + : !}, and their small and
     * vertical forms; but no letters and vowel signs of scripts that are written.
     */
    private static final String LIKE_MARKS = "\u2041\u2044\u2215\u2571\u27cb\u29f8\u1735\u2cc6\u2f03\u3033" // /
            + "\u066d\u204e\u2217\u22c6\u2731\ufe61" // *
            + "\u02d6\u16ed\u2795\ufe62" // +
            + "\u02d0\u02f8\u0589\u05c3\u0703\u0704\u16ec\u1803\u1809\u205a\u2236\ua4fd\ua789\ufe13\ufe30\ufe55" // :
            + "\u01c3\u203c\u2755\u2757\u2d51\ufe15\ufe57"; // !

    private static final int FULLWIDTH_FIRST = 0xff01;
    private static final int FULLWIDTH_LAST = 0xff5e;

    private Characters() {}

    /** The first character that cannot be seen, or is a half of one; -1 if there is none. A plain blank is seen. */
    static int firstInvisible(String text) {
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            if (isInvisible(c)) {
                return i;
            }
            i += Character.charCount(c);
        }
        return -1;
    }

    private static boolean isInvisible(int c) {
        if (c < 0x7f) {
            return c < ' ';
        }
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.SPACE_SEPARATOR,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> true;
            default -> isIgnorable(c);
        };
    }

    /** Those of Unicode's Default_Ignorable_Code_Point that are neither format characters nor unassigned. */
    private static boolean isIgnorable(int c) {
        return c == 0x34f
                || c == 0x115f
                || c == 0x1160
                || c == 0x17b4
                || c == 0x17b5
                || c >= 0x180b && c <= 0x180f
                || c == 0x3164
                || c >= 0xfe00 && c <= 0xfe0f
                || c == 0xffa0
                || c >= 0xe0100 && c <= 0xe01ef;
    }

    /** Whether it is in Unicode's normal form NFC, as topics are. */
    static boolean isNormal(String text) {
        return isAscii(text) || Normalizer.isNormalized(text, Normalizer.Form.NFC);
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    /** The first character that looks like another one, or like a mark of a grant; -1 if there is none. */
    static int firstLookAlike(String text) {
        boolean latin = text.codePoints().anyMatch(c -> UnicodeScript.of(c) == UnicodeScript.LATIN);
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            boolean fullwidth = c >= FULLWIDTH_FIRST && c <= FULLWIDTH_LAST;
            if (fullwidth || LIKE_MARKS.indexOf(c) >= 0 || latin && LIKE_LATIN.contains(UnicodeScript.of(c))) {
                return i;
            }
            i += Character.charCount(c);
        }
        return -1;
    }

    /** A character as people can look it up. */
    static String name(int c) {
        String name = Character.isValidCodePoint(c) ? Character.getName(c) : null;
        return String.format(Locale.ROOT, "U+%04X", c) + (name == null ? "" : " " + name);
    }

    /** In quotes, short, and with escapes for what cannot be seen. */
    static String shown(String text) {
        return "'" + visible(text, MAX_SHOWN) + "'";
    }

    /** The start of a text, with escapes for what cannot be seen. */
    static String visible(String text, int maxChars) {
        var out = new StringBuilder();
        int i = 0;
        while (i < text.length() && i < maxChars) {
            int c = text.codePointAt(i);
            if (isInvisible(c)) {
                for (char unit : Character.toChars(c)) {
                    out.append(String.format(Locale.ROOT, "\\u%04x", (int) unit));
                }
            } else {
                out.appendCodePoint(c);
            }
            i += Character.charCount(c);
        }
        return out.append(i < text.length() ? "…" : "").toString();
    }
}
