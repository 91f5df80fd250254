package symphony.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StateFolderTest {
    private final List<String> warnings = new ArrayList<>();

    @TempDir
    Path folder;

    @Test
    void makesTheFolderForItsOwnerAlone() throws Exception {
        Path home = folder.resolve("a/b/my home");

        var state = StateFolder.open(home, warnings::add);

        assertThat(state.home()).isEqualTo(home.toRealPath());
        assertThat(permissions(home)).isEqualTo("rwx------");
        assertThat(home).isEmptyDirectory();
        assertThat(warnings).isEmpty();
    }

    @Test
    void takesAFolderThatIsClosedToOthers() throws Exception {
        Path home = home("rwx------");
        Files.writeString(home.resolve("kept"), "x");

        StateFolder.open(home, warnings::add);

        assertThat(home.resolve("kept")).hasContent("x");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rwxr-xr-x", "rwx--x---", "rwx-----x", "rwxrwxrwx", "rwx---r--"})
    void refusesAFolderThatIsOpenToOthers(String permissions) throws Exception {
        Path home = home(permissions);

        assertRefused(home, "is open to other users (" + permissions + ")", "chmod 700 '" + home.toRealPath() + "'");
        assertThat(permissions(home)).isEqualTo(permissions);
    }

    @Test
    void followsALinkToTheFolder() throws Exception {
        Path home = home("rwx------");
        Path link = Files.createSymbolicLink(folder.resolve("link"), home);

        assertThat(StateFolder.open(link, warnings::add).home()).isEqualTo(home.toRealPath());
    }

    @Test
    void refusesAFile() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));

        assertRefused(file, "cannot be used", file + " is not a folder", "SYMPHONY_HOME");
    }

    @Test
    void refusesAFolderBelowAFile() throws IOException {
        Path home = Files.createFile(folder.resolve("file")).resolve("home");

        assertRefused(home, "cannot be used", "SYMPHONY_HOME");
    }

    @Test
    void refusesALinkThatLeadsNowhere() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("none"));

        assertRefused(link, "cannot be used", "SYMPHONY_HOME");
    }

    @Test
    void emptiesTheFolderForTemporaryFilesButFollowsNoLinkOutOfIt() throws Exception {
        var state = StateFolder.open(folder.resolve("home"), warnings::add);
        Path outside = Files.createFile(
                Files.createDirectory(folder.resolve("outside")).resolve("kept"));
        Path deep = Files.createDirectories(state.home().resolve("tmp/a/b"));
        Files.createFile(deep.resolve("left"));
        Files.createSymbolicLink(deep.resolve("link"), outside.getParent());

        Path tmp = state.freshTmp();

        assertThat(tmp).isEqualTo(state.home().resolve("tmp")).isEmptyDirectory();
        assertThat(outside).exists();
    }

    @Test
    void replacesALinkByAFolderForTemporaryFiles() throws Exception {
        var state = StateFolder.open(folder.resolve("home"), warnings::add);
        Path outside = Files.createFile(
                Files.createDirectory(folder.resolve("outside")).resolve("kept"));
        Files.createSymbolicLink(state.home().resolve("tmp"), outside.getParent());

        state.freshTmp();

        assertThat(state.home().resolve("tmp")).isEmptyDirectory();
        assertThat(outside).exists();
    }

    private Path home(String permissions) throws IOException {
        Path home = Files.createDirectory(folder.resolve("home"));
        return Files.setPosixFilePermissions(home, PosixFilePermissions.fromString(permissions));
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private void assertRefused(Path home, String... message) {
        assertThatExceptionOfType(LaunchException.class)
                .isThrownBy(() -> StateFolder.open(home, warnings::add))
                .satisfies(e -> assertThat(e.exitCode()).isEqualTo(LaunchException.FAILURE))
                .withMessageContaining("state folder " + (Files.isDirectory(home) ? real(home) : home))
                .withMessageContainingAll(message);
    }

    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
