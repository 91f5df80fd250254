package symphony.nlp;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import symphony.component.Excerpt;

/**
 * Examples as CSV (RFC 4180): fields between commas, those with commas, quotes or line ends in quotes, quotes within doubled; the
 * first record names the columns. One thread only.
 */
final class CsvExamples {
    private static final char QUOTE = '"';
    private static final int SHOWN = 200;

    private final Lines lines;
    private final CollectedExamples examples;

    CsvExamples(Lines lines, CollectedExamples examples) {
        this.lines = lines;
        this.examples = examples;
    }

    void read() throws IOException {
        List<String> header = next(TrainingLimits.COLUMNS)
                .orElseThrow(() -> lines.wrong(1, "it is empty; begin with: intent,utterance"))
                .stream()
                .map(column -> column.strip().toLowerCase(Locale.ROOT))
                .toList();
        int intent = header.indexOf("intent");
        int utterance = header.indexOf(header.contains("utterance") ? "utterance" : "text");
        if (intent < 0 || utterance < 0) {
            throw lines.wrong(
                    1,
                    "its columns are " + Excerpt.of(header, SHOWN)
                            + ", must be intent and utterance (or text), with commas between");
        }
        while (true) {
            long line = lines.number() + 1;
            Optional<List<String>> fields = next(header.size());
            if (fields.isEmpty()) {
                return;
            }
            if (fields.get().size() == 1 && fields.get().get(0).isBlank()) {
                continue;
            }
            if (fields.get().size() != header.size()) {
                throw lines.wrong(
                        line,
                        "it has " + fields.get().size() + " fields, the header has " + header.size()
                                + "; put quotes around a text with a comma");
            }
            examples.add(line, fields.get().get(intent), fields.get().get(utterance));
        }
    }

    /** The next record, of one line or more, and of so many fields at most. */
    private Optional<List<String>> next(int most) throws IOException {
        Optional<String> first = lines.next();
        if (first.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Record(first.get(), lines.number(), most).read());
    }

    private final class Record {
        private final long begun;
        private final int most;
        private final List<String> fields = new ArrayList<>();
        private String line;
        private int at;
        private int chars;

        Record(String line, long begun, int most) {
            this.line = line;
            this.begun = begun;
            this.most = most;
        }

        List<String> read() throws IOException {
            while (true) {
                if (fields.size() == most) { // at once: a closing quote may be missing, and what follows have no end
                    throw lines.wrong(
                            begun,
                            "it has " + (most + 1) + " fields or more, must have " + most
                                    + (most == TrainingLimits.COLUMNS ? " at most" : " as the header")
                                    + "; put quotes around a text with a comma");
                }
                fields.add(at < line.length() && line.charAt(at) == QUOTE ? quoted() : plain());
                if (at == line.length()) {
                    return fields;
                }
                at++; // the comma
            }
        }

        private String plain() {
            int comma = line.indexOf(',', at);
            int end = comma < 0 ? line.length() : comma;
            String field = line.substring(at, end);
            if (field.indexOf(QUOTE) >= 0) {
                throw lines.wrong("it has a quote within a field that does not begin with one; quote the field");
            }
            at = end;
            return field;
        }

        private String quoted() throws IOException {
            var field = new StringBuilder();
            at++;
            while (true) {
                int quote = line.indexOf(QUOTE, at);
                if (quote < 0) {
                    field.append(line, at, line.length()).append('\n');
                    continueOnNextLine(field);
                } else if (quote + 1 < line.length() && line.charAt(quote + 1) == QUOTE) {
                    field.append(line, at, quote + 1);
                    at = quote + 2;
                } else {
                    field.append(line, at, quote);
                    at = quote + 1;
                    if (at < line.length() && line.charAt(at) != ',') {
                        throw lines.wrong("it goes on after a closing quote; double the quotes within a field");
                    }
                    return field.toString();
                }
            }
        }

        private void continueOnNextLine(StringBuilder field) throws IOException {
            if (field.length() > TrainingLimits.LINE_BYTES) {
                throw lines.wrong(
                        begun,
                        "a quoted field that begins here has more than " + TrainingLimits.LINE_BYTES
                                + " characters; is its closing quote missing?");
            }
            chars += line.length();
            if (chars > TrainingLimits.RECORD_CHARS) {
                throw lines.wrong(
                        begun,
                        "the record that begins here has more than " + TrainingLimits.RECORD_CHARS
                                + " characters; is a closing quote missing?");
            }
            line = lines.next()
                    .orElseThrow(() -> lines.wrong(begun, "a quoted field that begins here has no closing quote"));
            at = 0;
        }
    }
}
