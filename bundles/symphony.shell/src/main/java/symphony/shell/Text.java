package symphony.shell;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import symphony.component.Durations;

/** Text for a terminal: harmless, short, padded. */
final class Text {
    private static final String ELLIPSIS = "…";
    private static final int MAX_MESSAGE = 600;
    private static final int MAX_NAME = 40;

    private Text() {}

    /**
     * Makes text harmless: each character that a terminal would obey, that hides or that turns the direction of writing is
     * shown as an escape. Events hold what strangers wrote.
     */
    static String clean(String text) {
        int i = 0;
        while (i < text.length() && isPlain(text.charAt(i))) {
            i++;
        }
        if (i == text.length()) {
            return text;
        }
        var out = new StringBuilder(text.length() + 16).append(text, 0, i);
        for (int c; i < text.length(); i += Character.charCount(c)) {
            c = text.codePointAt(i);
            if (isHarmless(c)) {
                out.appendCodePoint(c);
            } else {
                escape(out, c);
            }
        }
        return out.toString();
    }

    private static boolean isPlain(char c) {
        return c >= ' ' && c < 0x7f;
    }

    /** Whether a code point may go to a terminal as it is. */
    static boolean isHarmless(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }

    private static void escape(StringBuilder out, int c) {
        switch (c) {
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            default -> {
                for (char unit : Character.toChars(c)) {
                    out.append(String.format(Locale.ROOT, "\\u%04x", (int) unit));
                }
            }
        }
    }

    /** One harmless line, not too long: for messages. */
    static String line(String text) {
        return cut(clean(text.replaceAll("\\s*[\\r\\n]+\\s*", " ")), MAX_MESSAGE);
    }

    /** What somebody typed, in quotes and short, to be shown in an error. */
    static String quoted(Object value) {
        return "'" + cut(clean(String.valueOf(value)), 60) + "'";
    }

    /** The first letters, in columns of a terminal, and a sign that there were more. */
    static String cut(String text, int most) {
        return DisplayWidth.of(text) <= most ? text : text.substring(0, DisplayWidth.end(text, 0, most - 1)) + ELLIPSIS;
    }

    /** Begin and end of a text, in columns: names begin with whose they are and end with what they are. */
    static String fit(String text, int most) {
        if (DisplayWidth.of(text) <= most) {
            return text;
        }
        if (most < 5) {
            return cut(text, Math.max(most, 1));
        }
        int head = (most - 1) / 3;
        return text.substring(0, DisplayWidth.end(text, 0, head))
                + ELLIPSIS
                + text.substring(DisplayWidth.start(text, most - 1 - head));
    }

    static String pad(String text, int columns, boolean right) {
        String space = " ".repeat(Math.max(0, columns - DisplayWidth.of(text)));
        return right ? space + text : text + space;
    }

    /** Words in lines of so many columns, two at least; a longer word is cut into pieces. */
    static List<String> wrap(String text, int columns) {
        int width = Math.max(2, columns); // the widest letter
        var lines = new ArrayList<String>();
        var line = new StringBuilder();
        int used = 0;
        for (String word : text.split(" ")) {
            int from = 0;
            int length = DisplayWidth.of(word);
            if (line.length() > 0 && used + 1 + length > width) {
                lines.add(line.toString());
                line.setLength(0);
                used = 0;
            }
            while (length > width) {
                String piece = word.substring(from, DisplayWidth.end(word, from, width));
                lines.add(piece);
                from += piece.length();
                length -= DisplayWidth.of(piece);
            }
            String gap = line.length() > 0 ? " " : "";
            line.append(gap).append(word, from, word.length());
            used += gap.length() + length;
        }
        lines.add(line.toString());
        return lines;
    }

    /** A number of things, as people say it. */
    static String count(long number, String one, String many) {
        return grouped(number) + " " + (number == 1 ? one : many);
    }

    static String grouped(long number) {
        return String.format(Locale.ROOT, "%,d", number).replace(',', ' ');
    }

    /** A share of all, 0 to 1. */
    static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    static String bytes(long bytes) {
        if (bytes < 1024) {
            return bytes + " B";
        }
        double value = bytes;
        int unit = -1;
        while (value >= 1024 && unit < 3) {
            value /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, value < 10 ? "%.1f %ciB" : "%.0f %ciB", value, "KMGT".charAt(unit));
    }

    static String time(long millis) {
        return Durations.format(Duration.ofMillis(Math.max(0, millis)));
    }

    static String rate(double perSecond) {
        return perSecond < 10 ? String.format(Locale.ROOT, "%.1f/s", perSecond) : grouped(Math.round(perSecond)) + "/s";
    }

    /** Adds a name and its value, which may take several lines. */
    static void field(List<String> lines, int width, String name, String value) {
        String head = pad(cut(clean(name), MAX_NAME) + " ", 14, false);
        for (String line : wrap(clean(value), width - head.length())) {
            lines.add(head + line);
            head = " ".repeat(head.length());
        }
    }
}
