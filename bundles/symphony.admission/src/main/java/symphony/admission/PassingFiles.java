package symphony.admission;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies of jars that nobody needs once this process is gone. Their names say whose they are: what a process that lives no more has left
 * behind is deleted by one that starts later, and nothing else is.
 */
final class PassingFiles {
    private static final Logger log = LoggerFactory.getLogger(PassingFiles.class);
    private static final String START = "admitted-";
    private static final Pattern NAME = Pattern.compile(START + "(\\d{1,18})-[0-9a-f-]{36}\\.jar");

    /** How exactly the begin of another process is known. */
    private static final Duration BLUR = Duration.ofSeconds(2);

    private PassingFiles() {}

    /** One that is not there yet. */
    static Path in(Path folder) {
        return folder.resolve(name());
    }

    /** One that is not there yet, in the folder of another file. */
    static Path beside(Path file) {
        return file.resolveSibling(name());
    }

    private static String name() {
        return START + ProcessHandle.current().pid() + '-' + UUID.randomUUID() + ".jar";
    }

    /** @param folder need not exist */
    static void deleteLeftBehind(Path folder) {
        if (!Files.isDirectory(folder)) {
            return;
        }
        Instant begin =
                Instant.ofEpochMilli(ManagementFactory.getRuntimeMXBean().getStartTime());
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, START + '*')) {
            for (Path file : files) {
                if (isLeftBehind(file, begin)) {
                    delete(file);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            log.debug("{}: {} cannot be emptied", Admission.PID, folder, e);
        }
    }

    /** A number of a process may be given again, also to this one. */
    private static boolean isLeftBehind(Path file, Instant begin) throws IOException {
        Matcher name = NAME.matcher(String.valueOf(file.getFileName()));
        Instant written = Files.getLastModifiedTime(file).toInstant();
        if (!name.matches() || !written.isBefore(begin)) {
            return false;
        }
        return ProcessHandle.of(Long.parseLong(name.group(1)))
                .filter(ProcessHandle::isAlive)
                .map(process -> process.info()
                        .startInstant()
                        .map(start -> start.isAfter(written.plus(BLUR)))
                        .orElse(false))
                .orElse(true);
    }

    static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            log.debug("{}: {} cannot be deleted", Admission.PID, file, e);
        }
    }
}
