package symphony.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PassingFilesTest {
    @TempDir
    private Path folder;

    private Path file(long process, Instant written) throws Exception {
        Path file = folder.resolve("admitted-" + process + "-00000000-0000-0000-0000-000000000000.jar");
        Files.writeString(file, "a copy");
        Files.setLastModifiedTime(file, FileTime.from(written));
        return file;
    }

    /** The number of a process that was there. */
    private static long gone() throws Exception {
        Process process = new ProcessBuilder(List.of(
                        System.getProperty("java.home") + File.separator + "bin" + File.separator + "java", "-version"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        process.waitFor();
        return process.pid();
    }

    @Test
    void deletesWhatAProcessLeftThatIsGone() throws Exception {
        Path left = file(gone(), Instant.now().minus(Duration.ofDays(1)));
        PassingFiles.deleteLeftBehind(folder);
        assertThat(left).doesNotExist();
    }

    /** As in a container, where each process is the first one. */
    @Test
    void deletesWhatAnEarlierProcessOfThisNumberLeft() throws Exception {
        Path left = file(
                ProcessHandle.current().pid(),
                ProcessHandle.current().info().startInstant().orElseThrow().minus(Duration.ofHours(1)));
        PassingFiles.deleteLeftBehind(folder);
        assertThat(left).doesNotExist();
    }

    @Test
    void leavesWhatSomebodyNeedsWhoLives() throws Exception {
        Path own = Files.writeString(PassingFiles.in(folder), "a copy");
        Path others = file(
                ProcessHandle.current().parent().orElseThrow().pid(),
                Instant.ofEpochMilli(ManagementFactory.getRuntimeMXBean().getStartTime() - 1));
        Path another = Files.writeString(folder.resolve("admitted-orders.jar"), "somebody's");
        Files.setLastModifiedTime(another, FileTime.from(Instant.EPOCH));
        PassingFiles.deleteLeftBehind(folder);
        assertThat(own).exists();
        assertThat(others).exists();
        assertThat(another).exists();
    }

    @Test
    void takesNoFolderForAnEmptyOne() {
        PassingFiles.deleteLeftBehind(folder.resolve("missing"));
        assertThat(folder).isEmptyDirectory();
    }
}
