package symphony.it.product;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The product's log, from where it ended when this was made. */
final class LogFile {
    private final Path file;
    private final int begin;

    LogFile(Path file) {
        this.file = file;
        this.begin = bytes(file).length;
    }

    String text() {
        byte[] all = bytes(file);
        return new String(all, begin, all.length - begin, StandardCharsets.UTF_8);
    }

    /** Lines that have one of the levels. */
    List<String> lines(String... levels) {
        return text().lines()
                .filter(line -> List.of(levels).stream().anyMatch(level -> line.contains(" " + level + " ")))
                .toList();
    }

    /** Warnings and worse, but for the one that marks the policy of a developer's machine. */
    List<String> complaints() {
        return lines("WARN", "ERROR", "FATAL").stream()
                .filter(line -> !line.contains("*** GENERATED POLICY ***"))
                .toList();
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
