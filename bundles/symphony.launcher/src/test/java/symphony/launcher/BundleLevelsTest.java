package symphony.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BundleLevelsTest {
    @TempDir
    Path folder;

    @Test
    void sortsLevelsByNumberAndJarsByName() throws Exception {
        jar("100/z.jar");
        jar("9/b.jar");
        jar("9/a.jar");
        Files.createDirectory(folder.resolve("50"));

        var levels = BundleLevels.of(folder, 100);

        assertThat(levels.keySet()).containsExactly(9, 50, 100);
        assertThat(levels.get(9)).isEqualTo(List.of(folder.resolve("9/a.jar"), folder.resolve("9/b.jar")));
        assertThat(levels.get(50)).isEmpty();
    }

    @Test
    void passesHiddenFilesOver() throws Exception {
        jar("10/a.jar");
        jar("10/.a.jar.swp");
        jar(".DS_Store");

        assertThat(BundleLevels.of(folder, 100)).containsOnlyKeys(10);
    }

    @ParameterizedTest
    @ValueSource(strings = {"core", "0", "-1", "1.5", "101", "010", "99999999999", "١"})
    void refusesAFolderThatIsNoStartLevel(String name) throws IOException {
        jar(name + "/a.jar");

        assertRefused(folder.resolve(name) + " is not a folder named after a start level, 1 to 100");
    }

    @Test
    void refusesAFileBesideTheLevels() throws IOException {
        jar("10");

        assertRefused(folder.resolve("10") + " is not a folder");
    }

    @ParameterizedTest
    @ValueSource(strings = {"10/readme.txt", "10/a.jar/inner.jar"})
    void refusesWhatIsNoJar(String name) throws IOException {
        jar(name);

        assertRefused("is not a .jar");
    }

    @Test
    void refusesAFolderWithoutBundles() throws IOException {
        Files.createDirectory(folder.resolve("10"));

        assertRefused("there is no bundle in " + folder);
    }

    @Test
    void refusesAFolderThatIsMissing() {
        assertThatExceptionOfType(LaunchException.class)
                .isThrownBy(() -> BundleLevels.of(folder.resolve("none"), 100))
                .withMessageContaining("bundle folder " + folder.resolve("none") + " cannot be read");
    }

    private void assertRefused(String message) {
        assertThatExceptionOfType(LaunchException.class)
                .isThrownBy(() -> BundleLevels.of(folder, 100))
                .withMessageContaining(message);
    }

    private void jar(String name) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.createFile(file);
    }
}
