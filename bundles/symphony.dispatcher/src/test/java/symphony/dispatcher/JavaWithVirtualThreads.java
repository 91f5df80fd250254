package symphony.dispatcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;

/** The newest Java that is installed, if it has virtual threads. */
final class JavaWithVirtualThreads {
    private static final int FIRST_FEATURE = 21;

    private JavaWithVirtualThreads() {}

    /**
     * Its folder: what the system property or environment variable {@code JAVA_NEWEST_HOME} names, else the newest among the
     * one that runs this and the folders beside it.
     */
    static Optional<Path> find() throws IOException {
        String named = System.getProperty("JAVA_NEWEST_HOME", System.getenv("JAVA_NEWEST_HOME"));
        if (named != null && !named.isBlank()) {
            return Optional.of(Path.of(named)).filter(JavaWithVirtualThreads::isNewEnough);
        }
        Path own = Path.of(System.getProperty("java.home")).toRealPath();
        try (Stream<Path> siblings = Files.list(own.getParent())) {
            return siblings.filter(java -> Files.isExecutable(java.resolve("bin/java")))
                    .filter(JavaWithVirtualThreads::isNewEnough)
                    .max(Comparator.comparing(JavaWithVirtualThreads::feature));
        }
    }

    private static boolean isNewEnough(Path java) {
        return feature(java) >= FIRST_FEATURE;
    }

    /** 0 if it does not say. */
    private static int feature(Path java) {
        var release = new Properties();
        try (var in = Files.newBufferedReader(java.resolve("release"))) {
            release.load(in);
            String version = release.getProperty("JAVA_VERSION", "0").replace("\"", "");
            return Integer.parseInt(version.split("[^0-9]", 2)[0]);
        } catch (IOException | NumberFormatException e) {
            return 0;
        }
    }
}
