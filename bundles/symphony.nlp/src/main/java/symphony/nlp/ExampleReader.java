package symphony.nlp;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import symphony.api.nlp.ExampleSet;
import symphony.api.nlp.TrainingFormat;

/** Reads examples. */
final class ExampleReader {
    private static final int COLUMNS = 2;

    private ExampleReader() {}

    /** Reads to the end. */
    static ExampleSet read(String name, TrainingFormat format, InputStream in) throws IOException {
        var lines = new Lines(name, in);
        var examples = new CollectedExamples(lines);
        switch (format) {
            case TSV -> readTsv(lines, examples);
            case CSV -> new CsvExamples(lines, examples).read();
            case JSON_LINES -> readJsonLines(lines, examples);
            default -> throw new IllegalArgumentException("format " + format + " is unknown");
        }
        return examples.all();
    }

    private static void readTsv(Lines lines, CollectedExamples examples) throws IOException {
        for (Optional<String> line = lines.next(); line.isPresent(); line = lines.next()) {
            if (!line.get().isBlank()) {
                String[] columns = line.get().split("\t", -1);
                if (columns.length != COLUMNS) {
                    throw lines.wrong("it has " + columns.length + " column" + (columns.length == 1 ? "" : "s")
                            + ", must have 2: the intent, one tab, the utterance");
                }
                examples.add(lines.number(), columns[0], columns[1]);
            }
        }
    }

    private static void readJsonLines(Lines lines, CollectedExamples examples) throws IOException {
        for (Optional<String> line = lines.next(); line.isPresent(); line = lines.next()) {
            if (!line.get().isBlank()) {
                var example = JsonExample.read(lines, line.get());
                examples.add(lines.number(), example.intent(), example.utterance());
            }
        }
    }
}
