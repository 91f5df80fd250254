package symphony.audit;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import symphony.api.audit.AuditEntry;

/** Texts that are cut where they are too long, so that a record has a bounded size whatever somebody calls himself. */
final class Bounded {
    /** The longest text, in UTF-8. */
    static final int TEXT_BYTES = 1024;
    /** The longest name of a detail. */
    static final int NAME_BYTES = 64;
    /** The most details. */
    static final int DETAILS = 16;

    /** Stands, with how many there are, for the details that have no room. */
    static final String MORE = "more";

    private static final int MOST_BYTES_OF_A_CHAR = 3;
    private static final int DIGEST_BYTES = 8;

    private Bounded() {}

    /** What is too long keeps its beginning, its length and a part of its hash: two that differ in the end still do. */
    static String text(String text) {
        return text(text, TEXT_BYTES);
    }

    static String text(String text, int most) {
        if (text.length() <= most / MOST_BYTES_OF_A_CHAR
                && text.chars().noneMatch(c -> Character.isSurrogate((char) c))) {
            return text;
        }
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        if (utf8.length <= most) {
            return new String(utf8, StandardCharsets.UTF_8); // halves of characters are ? from now on
        }
        byte[] digest = Arrays.copyOf(ChainHash.sha256().digest(utf8), DIGEST_BYTES);
        String end = "…(" + utf8.length + " bytes, SHA-256 " + HexFormat.of().formatHex(digest) + ")";
        int room = Math.max(0, most - end.getBytes(StandardCharsets.UTF_8).length);
        while (room > 0 && (utf8[room] & 0xc0) == 0x80) {
            room--; // not within a character
        }
        return new String(utf8, 0, room, StandardCharsets.UTF_8) + end;
    }

    /** The same with all its texts bounded. */
    static AuditEntry entry(AuditEntry entry) {
        return entry(entry, DETAILS);
    }

    /** The same with that many details at most. */
    static AuditEntry entry(AuditEntry entry, int most) {
        return new AuditEntry(
                text(entry.actor()),
                text(entry.action()),
                text(entry.target()),
                entry.outcome(),
                details(entry.details(), most));
    }

    private static Map<String, String> details(Map<String, String> details, int most) {
        if (details.isEmpty()) {
            return details;
        }
        var bounded = new TreeMap<String, String>();
        for (var detail : new TreeMap<>(details).entrySet()) {
            if (bounded.size() == most - 1 && details.size() > most) {
                bounded.put(MORE, Integer.toString(details.size() - bounded.size()));
                break;
            }
            bounded.put(shortName(detail.getKey()), text(detail.getValue()));
        }
        return bounded;
    }

    private static String shortName(String name) {
        return text(name, NAME_BYTES);
    }
}
