package symphony.rbac;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import symphony.component.Settings;

/**
 * Where the policy lies and how it is watched.
 *
 * @param path of the file, from the state folder on and in it
 * @param pollNanos time between two looks at it
 * @param decisions answers that are kept
 */
record RbacSettings(Path path, long pollNanos, int decisions) {
    static final String FILE = "policy.json";
    static final String SUFFIX = ".json";
    static final String PATH = "path";
    static final String POLL = "poll";
    static final String DECISIONS = "decisions";

    static final Settings KEYS = Settings.of(RbacEngine.PID)
            .text(PATH, FILE, RbacSettings::checkPath)
            .time(POLL, Duration.ofSeconds(1), Duration.ofMillis(100), Duration.ofHours(1))
            .number(DECISIONS, 8_192, 64, 1 << 20)
            .build();

    static RbacSettings of(Settings.Values values) {
        return new RbacSettings(Path.of(values.text(PATH)), values.time(POLL).toNanos(), values.integer(DECISIONS));
    }

    private static void checkPath(String text) {
        String wanted =
                "must be the path of a file in the state folder, from there on, with a name that ends with " + SUFFIX;
        Path path;
        try {
            path = Path.of(text);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(wanted, e);
        }
        if (!isJson(path)
                || path.isAbsolute()
                || path.getRoot() != null
                || path.normalize().startsWith("..")) {
            throw new IllegalArgumentException(wanted);
        }
    }

    static boolean isJson(Path path) {
        Path name = path.getFileName();
        return name != null && name.toString().endsWith(SUFFIX);
    }
}
