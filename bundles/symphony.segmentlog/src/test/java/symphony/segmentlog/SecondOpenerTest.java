package symphony.segmentlog;

import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import symphony.segmentlog.SegmentLogException.Reason;

/** Nobody else opens a log that is open: in this process, by another class loader, in another process. */
@Timeout(60)
class SecondOpenerTest {
    @TempDir
    private Path temp;

    /** Opens the folder and appends; prints what became of it, and ends when its input does. */
    static final class Opener {
        private Opener() {}

        public static void main(String[] args) throws IOException {
            System.out.println(open(args[0]));
        }

        public static String open(String folder) throws IOException {
            try (SegmentLog log = SegmentLog.open(Path.of(folder), SegmentLogOptions.defaults())) {
                return "opened " + log.recovery().frames();
            } catch (SegmentLogException e) {
                return e.reason() + " " + e.getMessage();
            }
        }
    }

    /** Opens the folder, appends, says so, and stays until it is killed. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] args) throws IOException, InterruptedException {
            SegmentLog log = SegmentLog.open(Path.of(args[0]), SegmentLogOptions.defaults());
            log.append(new byte[3]);
            System.out.println("open");
            System.out.flush();
            Thread.currentThread().join();
        }
    }

    private SegmentLog open() throws IOException {
        return SegmentLog.open(temp, SegmentLogOptions.defaults());
    }

    private String openInAnotherProcess() throws IOException {
        try (var child = new Child(Opener.class, temp.toString())) {
            return child.output();
        }
    }

    @Test
    void isRefusedInTheSameProcess() throws IOException {
        try (SegmentLog log = open()) {
            assertThatThrownBy(this::open)
                    .isInstanceOfSatisfying(
                            SegmentLogException.class,
                            e -> assertThat(e.reason()).isEqualTo(Reason.LOCKED))
                    .hasMessage("segment log " + temp.toRealPath() + ": is open in this process, by the thread"
                            + " \"symphony.segmentlog " + temp
                            + "\"; close it there, or read it here with LogReader.open, which takes no lock");
            Path alias = Files.createSymbolicLink(temp.resolveSibling(temp.getFileName() + ".link"), temp);
            assertThatThrownBy(() -> SegmentLog.open(alias, SegmentLogOptions.defaults()))
                    .hasMessageContaining("is open in this process");
            Files.delete(alias);
            log.append(new byte[3]);
        }
        open().close();
    }

    @Test
    void isRefusedInAnotherProcess() throws IOException {
        try (SegmentLog log = open()) {
            assertThat(openInAnotherProcess())
                    .isEqualTo("LOCKED segment log " + temp.toRealPath() + ": is open in process "
                            + ProcessHandle.current().pid()
                            + "; close it there, or read it here with LogReader.open, which takes no lock");
            log.append(new byte[3]);
        }
        assertThat(openInAnotherProcess()).startsWith("opened");
    }

    @Test
    void isRefusedWhileAnotherProcessHasItAndNotAfterThatWasKilled() throws IOException {
        try (var child = new Child(Holder.class, temp.toString())) {
            assertThat(child.process().inputReader().readLine()).isEqualTo("open");
            assertThatThrownBy(this::open)
                    .hasMessageContaining(
                            "is open in process " + child.process().pid() + ";");
            try (LogReader reader = LogReader.open(temp, SegmentLogOptions.defaults(), Position.BEGIN)) {
                assertThat(Log.items(reader)).as("reading takes no lock").hasSize(1);
            }
        }
        try (SegmentLog log = open()) {
            assertThat(log.recovery().frames()).isEqualTo(1);
        }
    }

    /** On POSIX a process loses its lock when it closes any descriptor of the file. */
    @Test
    void leavesTheLockToItsHolderWhenItIsRefused() throws Exception {
        try (SegmentLog log = open()) {
            assertThatThrownBy(this::open).isInstanceOf(SegmentLogException.class);
            assertThat(openByAnotherClassLoader()).startsWith("LOCKED").contains("is open in this process");
            assertThat(openInAnotherProcess()).startsWith("LOCKED");
            log.append(new byte[3]);
        }
        assertThat(openByAnotherClassLoader()).startsWith("opened");
    }

    /** Whoever opened the lock's file here by the new name, and closed it, would free the folder for other processes. */
    @Test
    void isRefusedByAnotherNameThatTheFolderGotMeanwhile() throws IOException {
        Path folder = temp.resolve("log");
        Path moved = temp.resolve("moved");
        SegmentLog log = SegmentLog.open(folder, SegmentLogOptions.defaults());
        Files.move(folder, moved);
        assertThatThrownBy(() -> SegmentLog.open(moved, SegmentLogOptions.defaults()))
                .hasMessageContaining("is open in this process");
        try (var child = new Child(Opener.class, moved.toString())) {
            assertThat(child.output()).startsWith("LOCKED");
        }
        Files.move(moved, folder);
        log.close();
    }

    /** A file to which nothing can be written, as on a full disk. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void isTakenThoughItsProcessCannotBeTold() throws IOException {
        CapturedLog.clear();
        try (var lock = FolderLock.take(
                temp.resolve("lock"), (file, options) -> FileChannel.open(Path.of("/dev/full"), WRITE, READ))) {
            assertThat(lock).isNotNull();
            assertThat(CapturedLog.lines()).singleElement().asString().startsWith("DEBUG segment log " + temp);
        }
    }

    private String openByAnotherClassLoader() throws Exception {
        List<URL> classPath = Arrays.stream(
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
                                .split(File.pathSeparator))
                .map(SecondOpenerTest::url)
                .toList();
        try (var loader = new URLClassLoader(classPath.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            var open = loader.loadClass(Opener.class.getName()).getDeclaredMethod("open", String.class);
            open.setAccessible(true);
            assertThat(open.getDeclaringClass()).isNotSameAs(Opener.class);
            return (String) open.invoke(null, temp.toString());
        } catch (InvocationTargetException e) {
            throw new AssertionError(e.getCause());
        }
    }

    private static URL url(String entry) {
        try {
            return Path.of(entry).toUri().toURL();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
