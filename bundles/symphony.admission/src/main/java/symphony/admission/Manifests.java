package symphony.admission;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Takes apart headers of bundles, OSGi Core 1.3.2 (common header syntax). */
final class Manifests {
    /** A part of a header: what stands before its attributes, and those as they are written. */
    record Clause(List<String> paths, List<String> attributes) {}

    /** A path as all read it: none of it needs quotes. */
    private static final Pattern PATH = Pattern.compile("[^\\p{Cntrl}\"\\\\=]*+");

    /** A value is quoted as a whole, or has no quotes. */
    private static final Pattern ATTRIBUTE =
            Pattern.compile("[^\\p{Cntrl}\"\\\\]*+|[^\"\\\\]*?=\\s*+\"(?:[^\"\\\\]|\\\\.)*+\"\\s*+");

    private Manifests() {}

    /** Whether all take a header apart alike: some know quotes in the middle of a word, others do not. */
    static boolean isPlain(List<Clause> clauses) {
        return clauses.stream()
                .allMatch(clause -> clause.paths().stream()
                                .allMatch(path -> PATH.matcher(path).matches())
                        && clause.attributes().stream()
                                .allMatch(attribute ->
                                        ATTRIBUTE.matcher(attribute).matches()));
    }

    /** What stands in a header; nothing if there is none. */
    static List<Clause> clauses(String header) {
        var result = new ArrayList<Clause>();
        if (header != null) {
            for (String clause : split(header, ',')) {
                var paths = new ArrayList<String>();
                var attributes = new ArrayList<String>();
                for (String part : split(clause, ';')) {
                    (isAttribute(part) ? attributes : paths).add(part.strip());
                }
                result.add(new Clause(List.copyOf(paths), List.copyOf(attributes)));
            }
        }
        return result;
    }

    private static boolean isAttribute(String part) {
        int quote = part.indexOf('"');
        int equals = part.indexOf('=');
        return equals >= 0 && (quote < 0 || equals < quote);
    }

    private static List<String> split(String text, char separator) {
        var result = new ArrayList<String>();
        boolean quoted = false;
        int begin = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && quoted) {
                i++; // whatever follows is part of the text
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == separator && !quoted) {
                result.add(text.substring(begin, i));
                begin = i + 1;
            }
        }
        result.add(text.substring(begin));
        return result;
    }
}
