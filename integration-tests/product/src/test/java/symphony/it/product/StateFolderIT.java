package symphony.it.product;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whose the state folder is: one process's, one user's. */
@Timeout(400)
class StateFolderIT {
    @TempDir
    private Path folder;

    private Path home;

    @BeforeEach
    void chooseHome() {
        home = folder.resolve("home");
    }

    @Test
    void belongsToOneInstanceUntilThatIsGone() throws Exception {
        try (var first = Start.on(home).headless()) {
            first.awaitStarted();
            try (var second = Start.on(home).script("echo never")) {
                second.isRefused(
                        1,
                        "another instance (process " + first.process().pid() + ")",
                        home.toString(),
                        "stop it, or set SYMPHONY_HOME to another folder");
            }
            assertThat(first.process().isAlive()).isTrue();
            first.kill();
        }
        try (var next = Start.on(home).script("echo \"it works again\"")) {
            next.endsWith(0);
            assertThat(next.output()).contains("it works again");
            assertThat(next.errors()).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource
    void isRefusedIfOthersCanEnterIt(String permissions) throws Exception {
        Files.createDirectory(home);
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString(permissions));
        try (var running = Start.on(home).script("echo never")) {
            running.isRefused(1, home.toString(), permissions, "chmod 700 '" + home + "'");
        }
        assertThat(home.resolve("keys")).doesNotExist();
    }

    static Stream<String> isRefusedIfOthersCanEnterIt() {
        return Stream.of("rwxr-xr-x", "rwx-----x");
    }

    @ParameterizedTest
    @MethodSource
    void isRefusedByName(String name, int exitCode, String reason) throws Exception {
        Files.createFile(folder.resolve("file"));
        try (var running = Start.on(folder.resolve(name)).script("echo never")) {
            running.isRefused(exitCode, name, reason);
        }
    }

    static Stream<Arguments> isRefusedByName() {
        return Stream.of(arguments("a,b", 2, "','"), arguments("file", 1, "set SYMPHONY_HOME to another folder"));
    }
}
