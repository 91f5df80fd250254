package symphony.api.nlp;

import java.util.Locale;
import org.osgi.annotation.versioning.ProviderType;

/** How a file of examples is written. All of them are UTF-8, with or without a byte order mark. */
@ProviderType
public enum TrainingFormat {
    /** {@code intent<TAB>utterance}, one in a line, no header. Nothing is quoted. */
    TSV(".tsv"),
    /** RFC 4180, with a header that has columns {@code intent} and {@code utterance} or {@code text}; others are left out. */
    CSV(".csv"),
    /** One JSON object in a line, with strings {@code intent} and {@code utterance} or {@code text}; others are left out. */
    JSON_LINES(".jsonl");

    private final String ending;

    TrainingFormat(String ending) {
        this.ending = ending;
    }

    /**
     * How files of this format end.
     *
     * @return as {@code .tsv}
     */
    public String ending() {
        return ending;
    }

    /**
     * The format of a file by its name.
     *
     * @param fileName as {@code home.tsv}
     * @return its format
     * @throws IllegalArgumentException if it ends otherwise
     */
    public static TrainingFormat of(String fileName) {
        String name = fileName.toLowerCase(Locale.ROOT);
        for (TrainingFormat format : values()) {
            if (name.endsWith(format.ending)) {
                return format;
            }
        }
        throw new IllegalArgumentException(
                "file '" + fileName + "' must end with .tsv, .csv or .jsonl, which says how it is written");
    }
}
