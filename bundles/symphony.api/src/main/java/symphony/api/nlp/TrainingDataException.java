package symphony.api.nlp;

import org.osgi.annotation.versioning.ProviderType;

/** Data for training cannot be used. Says where, and how to mend it. */
@ProviderType
public class TrainingDataException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /** What it says is not about one line. */
    public static final long NO_LINE = 0;

    private final long line;

    /**
     * Tells where.
     *
     * @param name of the file
     * @param line number of the line, from 1; {@link #NO_LINE} if it is not about one
     * @param problem what is wrong and how to mend it
     */
    public TrainingDataException(String name, long line, String problem) {
        super(name + (line == NO_LINE ? "" : ", line " + line) + ": " + problem);
        this.line = line;
    }

    /**
     * Where it is.
     *
     * @return number of the line, from 1; {@link #NO_LINE} if it is not about one
     */
    public long line() {
        return line;
    }
}
