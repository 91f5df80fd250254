package symphony.audit;

import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.AuditRecord;

/**
 * Records as JSON, one a line. What is no visible character of its own (controls, what changes the direction of writing, separators of
 * lines, blanks that are none, halves of characters, marks without a letter before them, what is not assigned) is escaped, so that no name
 * drives a terminal or looks like another line. One thread only.
 */
final class JsonLines {
    /** Letters and marks that show nothing, though their category does not say so; from, to, from, to. */
    private static final int[] BLANKS = {
        0x034f, 0x034f, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x180b, 0x180f, 0x2800, 0x2800, 0x3164, 0x3164, 0xfe00, 0xfe0f,
        0xffa0, 0xffa0, 0xe0100, 0xe01ef
    };

    private final Appendable to;
    private String separator = "";

    JsonLines(Appendable to) {
        this.to = to;
    }

    void write(AuditRecord record) throws IOException {
        separator = "";
        to.append('{');
        name("sequence");
        to.append(Long.toString(record.sequence()));
        text("time", record.time().toString());
        text("kind", record.kind().toString());
        name("sealed");
        to.append(Boolean.toString(record.isSealed()));
        if (record.entry().isPresent()) {
            AuditEntry entry = record.entry().get();
            text("actor", entry.actor());
            text("action", entry.action());
            text("target", entry.target());
            text("outcome", entry.outcome().toString());
            more(record);
            details(entry.details());
        } else if (!record.isSealed()) {
            name("malformed");
            to.append("true");
        }
        text("hash", record.hash());
        to.append("}\n");
    }

    private void more(AuditRecord record) throws IOException {
        if (!record.subscription().isEmpty()) {
            text("subscription", record.subscription());
        }
        name("count");
        to.append(Long.toString(record.count()));
        if (record.count() > 1) {
            text("from", record.from().toString());
            text("to", record.to().toString());
        }
        if (record.first().isPresent()) {
            text("first", record.first().get().toString());
        }
        if (record.last().isPresent()) {
            text("last", record.last().get().toString());
        }
    }

    private void details(Map<String, String> details) throws IOException {
        if (details.isEmpty()) {
            return;
        }
        name("details");
        to.append('{');
        separator = "";
        for (Map.Entry<String, String> detail : new TreeMap<>(details).entrySet()) {
            text(detail.getKey(), detail.getValue());
        }
        to.append('}');
    }

    private void name(String name) throws IOException {
        to.append(separator);
        separator = ",";
        quoted(name);
        to.append(':');
    }

    private void text(String name, String value) throws IOException {
        name(name);
        quoted(value);
    }

    private void quoted(String text) throws IOException {
        to.append('"');
        boolean hasLetter = false; // that a mark belongs to
        for (int at = 0; at < text.length(); ) {
            int c = text.codePointAt(at);
            int units = Character.charCount(c);
            boolean isShown = isVisible(c) && (hasLetter || !isMark(c));
            if (c == '"' || c == '\\') {
                to.append('\\').append((char) c);
            } else if (isShown) {
                to.append(text, at, at + units);
            } else {
                for (int i = at; i < at + units; i++) {
                    to.append(String.format(Locale.ROOT, "\\u%04x", (int) text.charAt(i)));
                }
            }
            hasLetter = isShown && c != '"' && c != '\\';
            at += units;
        }
        to.append('"');
    }

    private static boolean isMark(int c) {
        int type = Character.getType(c);
        return type == Character.NON_SPACING_MARK
                || type == Character.ENCLOSING_MARK
                || type == Character.COMBINING_SPACING_MARK;
    }

    private static boolean isBlank(int c) {
        for (int i = 0; i < BLANKS.length; i += 2) {
            if (c >= BLANKS[i] && c <= BLANKS[i + 1]) {
                return true;
            }
        }
        return false;
    }

    private static boolean isVisible(int c) {
        return !isBlank(c)
                && switch (Character.getType(c)) {
                    case Character.CONTROL,
                            Character.FORMAT,
                            Character.SURROGATE,
                            Character.PRIVATE_USE,
                            Character.UNASSIGNED,
                            Character.LINE_SEPARATOR,
                            Character.PARAGRAPH_SEPARATOR -> false;
                    case Character.SPACE_SEPARATOR -> c == ' ';
                    default -> true;
                };
    }
}
