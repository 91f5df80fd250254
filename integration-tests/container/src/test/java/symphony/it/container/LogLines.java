package symphony.it.container;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.osgi.service.cm.ConfigurationAdmin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the product logs from now on, read from the file it logs to. */
final class LogLines {
    private static final Logger log = LoggerFactory.getLogger(LogLines.class);
    private static final Duration DEADLINE = Duration.ofSeconds(120);

    private final Path file = Path.of(System.getProperty("symphony.it.load")).resolveSibling("symphony.log");

    /** Configures logging once in a framework: lines that come while it is configured anew would be lost. */
    LogLines(ConfigurationAdmin configurations) throws IOException {
        if (Files.exists(file)) {
            return;
        }
        configurations
                .getConfiguration("org.ops4j.pax.logging", "?")
                .update(new Hashtable<>(Map.of(
                        "log4j2.appender.file.type", "File",
                        "log4j2.appender.file.name", "file",
                        "log4j2.appender.file.fileName", file.toString(),
                        "log4j2.appender.file.layout.type", "PatternLayout",
                        "log4j2.appender.file.layout.pattern", "%p %m%n",
                        "log4j2.rootLogger.level", "info",
                        "log4j2.rootLogger.appenderRef.file.ref", "file")));
        await("logging to " + file).atMost(DEADLINE).until(() -> {
            log.info("hello");
            return Files.exists(file) && Files.size(file) > 0;
        });
    }

    /** Waits for a line that has all these texts, and gives all such lines. */
    List<String> with(String... texts) {
        await("a line with " + List.of(texts))
                .atMost(DEADLINE)
                .until(() -> !matching(texts).isEmpty());
        return matching(texts);
    }

    /** How many lines match so far. */
    long count(Pattern line) {
        try (var lines = Files.lines(file)) {
            return lines.filter(line.asMatchPredicate()).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> matching(String... texts) {
        try (var lines = Files.lines(file)) {
            return lines.filter(line -> Arrays.stream(texts).allMatch(line::contains))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
