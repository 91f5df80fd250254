package symphony.benchmarks.load;

import java.io.IOException;
import java.nio.file.Path;
import java.text.ParseException;
import jdk.jfr.Configuration;
import jdk.jfr.Recording;

/**
 * A recording of Java Flight Recorder of what is measured, without the warm-up, if a system property names its file. One thread
 * only.
 */
public final class Profile {
    /*
     * The first recording of a process has the JVM throw away all that it has compiled. So one begins before the warm-up,
     * for nothing; the one that is kept begins beside it and disturbs no more than JFR does.
     */
    /** System property: the file to write. */
    public static final String PROPERTY = "bench.profile";

    private final String file = System.getProperty(PROPERTY);
    private Recording first;
    private Recording kept;

    /** Before the warm-up. */
    void prepare() throws IOException, ParseException {
        if (file != null) {
            first = begun();
        }
    }

    /** When what is measured begins. */
    void begin() throws IOException, ParseException {
        if (file != null) {
            kept = begun();
        }
    }

    /** When it ends; writes the file. */
    void end() throws IOException {
        if (file != null) {
            kept.dump(Path.of(file));
            kept.close();
            first.close();
        }
    }

    private static Recording begun() throws IOException, ParseException {
        var recording = new Recording(Configuration.getConfiguration("profile"));
        recording.start();
        return recording;
    }
}
