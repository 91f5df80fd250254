package symphony.it.product;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One process that idles, seen from outside. */
@Timeout(400)
class HeadlessIT {
    private static final Duration WINDOW = Duration.ofSeconds(2);
    private static final int MOST_PERCENT = 5;
    private static final String LISTEN = "0A";
    private static final Set<PosixFilePermission> OTHERS =
            EnumSet.range(PosixFilePermission.GROUP_READ, PosixFilePermission.OTHERS_EXECUTE);

    @TempDir
    private static Path folder;

    private static Map<Path, String> before;
    private static Running running;

    @BeforeAll
    static void start() throws IOException {
        for (String name : List.of("user", "work")) {
            Files.createDirectory(folder.resolve(name));
        }
        before = files(Installation.shared().folder());
        running = Start.on(folder.resolve("home"))
                .environment("HOME", folder.resolve("user").toString())
                .option("-Duser.home=../user")
                .in(folder.resolve("work"))
                .headless();
        running.awaitStarted();
    }

    @AfterAll
    static void stop() {
        running.close();
    }

    @Test
    void usesNextToNoProcessorTime() {
        var process = running.process().toHandle();
        var use = new Object() {
            private Duration last = total(process);

            /** Since the last call. */
            boolean isLow() {
                Duration since = last;
                last = total(process);
                return last.minus(since).toMillis() * 100 <= WINDOW.toMillis() * MOST_PERCENT;
            }
        };
        // What is left of the start takes some time; then there must be a window in which next to nothing is used.
        await("idle")
                .atMost(Running.DEADLINE)
                .pollDelay(WINDOW)
                .pollInterval(WINDOW)
                .until(use::isLow);
    }

    private static Duration total(ProcessHandle process) {
        return process.info().totalCpuDuration().orElseThrow();
    }

    @Test
    void saysNothing() {
        assertThat(running.output()).isEmpty();
        assertThat(running.errors()).isEmpty();
        assertThat(running.log().complaints()).isEmpty();
    }

    @Test
    void opensNoPort() throws IOException {
        Path proc = Path.of("/proc/" + running.process().pid());
        assumeTrue(Files.isDirectory(proc.resolve("fd")), "only Linux tells which sockets are whose");
        Set<String> sockets = seen(() -> sockets(proc.resolve("fd")));
        for (String table : List.of("tcp", "tcp6")) {
            assertThat(Files.readAllLines(proc.resolve("net").resolve(table)).stream()
                            .map(line -> line.strip().split("\\s+"))
                            .filter(fields -> fields.length > 9 && fields[3].equals(LISTEN))
                            .filter(fields -> sockets.contains("socket:[" + fields[9] + "]")))
                    .isEmpty();
        }
    }

    /** What is seen; once more if something went while it was looked at. */
    private static <T> T seen(Callable<T> look) {
        return await("a look")
                .atMost(Running.DEADLINE)
                .pollDelay(Duration.ZERO)
                .ignoreExceptionsMatching(
                        e -> e instanceof NoSuchFileException || e.getCause() instanceof NoSuchFileException)
                .until(look, Objects::nonNull);
    }

    private static Set<String> sockets(Path descriptors) throws IOException {
        var sockets = new HashSet<String>();
        try (Stream<Path> all = Files.list(descriptors)) {
            for (Path descriptor : all.toList()) {
                sockets.add(Files.readSymbolicLink(descriptor).toString());
            }
        }
        return sockets;
    }

    @Test
    void writesIntoItsStateFolderOnly() throws IOException {
        assertThat(files(Installation.shared().folder())).isEqualTo(before);
        assertThat(folder.resolve("user")).isEmptyDirectory();
        assertThat(folder.resolve("work")).isEmptyDirectory();
        // Where Java keeps its counters, for all to read, unless told not to.
        assertThat(Path.of(System.getProperty("java.io.tmpdir"), "hsperfdata_" + System.getProperty("user.name"))
                        .resolve(String.valueOf(running.process().pid())))
                .doesNotExist();
    }

    @Test
    void closesItsStateFolderToOthers() {
        assertThat(seen(() -> permissions(folder.resolve("home"))))
                .isNotEmpty()
                .allSatisfy((file, permissions) ->
                        assertThat(permissions).as("%s", file).doesNotContainAnyElementsOf(OTHERS));
    }

    private static Map<Path, Set<PosixFilePermission>> permissions(Path folder) throws IOException {
        var permissions = new TreeMap<Path, Set<PosixFilePermission>>();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.toList()) {
                permissions.put(file, Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS));
            }
        }
        return permissions;
    }

    private static Map<Path, String> files(Path folder) throws IOException {
        var files = new TreeMap<Path, String>();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.toList()) {
                files.put(file, Files.getLastModifiedTime(file) + " " + Files.size(file));
            }
        }
        return files;
    }
}
