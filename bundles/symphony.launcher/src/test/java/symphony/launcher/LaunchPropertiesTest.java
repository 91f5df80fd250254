package symphony.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LaunchPropertiesTest {
    private final Properties system = new Properties();

    @TempDir
    Path folder;

    @Test
    void replacesVariablesBySystemProperties() throws Exception {
        system.setProperty("symphony.home", "/srv/my $tate\\1");
        Path file = fileWith("storage=${symphony.home}/cache:${symphony.home}\nlevel=100\nempty=\n");

        var properties = read(file);

        assertThat(properties)
                .isEqualTo(Map.of("storage", "/srv/my $tate\\1/cache:/srv/my $tate\\1", "level", "100", "empty", ""));
    }

    @Test
    void letsASystemPropertyWinAndReplacesVariablesInItToo() throws Exception {
        system.setProperty("poll", "${fast}");
        system.setProperty("fast", "50");
        system.setProperty("not.in.the.file", "1");

        var properties = read(fileWith("poll=200\n"));

        assertThat(properties).isEqualTo(Map.of("poll", "50"));
    }

    @Test
    void doesNotReplaceVariablesThatComeOutOfAVariable() throws Exception {
        system.setProperty("a", "${a}");

        assertThat(read(fileWith("x=${a}\n"))).isEqualTo(Map.of("x", "${a}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"${nowhere}", "a${", "${}", "${open", "${a${b}}"})
    void refusesAVariableThatNamesNothing(String value) throws IOException {
        Path file = fileWith("key=" + value + "\n");

        assertThatExceptionOfType(LaunchException.class)
                .isThrownBy(() -> LaunchProperties.read(file, system))
                .satisfies(e -> assertThat(e.exitCode()).isEqualTo(LaunchException.USAGE))
                .withMessageContainingAll(file.toString(), "key is " + value, "SYMPHONY_OPTS");
    }

    @Test
    void namesAFileThatIsMissing() {
        assertRefused(folder.resolve("none.properties"), "there is no ");
    }

    @Test
    void namesAFileThatIsAFolder() {
        assertRefused(folder, "cannot be read");
    }

    @Test
    void namesAFileThatIsNotText() throws IOException {
        Path file = Files.write(folder.resolve("latin1"), "key=für\n".getBytes(StandardCharsets.ISO_8859_1));

        assertRefused(file, "is not UTF-8 text");
    }

    @Test
    void namesAFileWithABrokenEscape() throws IOException {
        assertRefused(fileWith("key=C:\\users\n"), "is malformed");
    }

    @Test
    void fixesWhatBundlesDecideByIfTheFileHasItNot() throws Exception {
        system.setProperty("symphony.policy.file", "/etc/${not.replaced}");
        system.setProperty("symphony.encryption", "off");

        var properties = LaunchProperties.read(fileWith("symphony.environment=dev\n"), system);

        assertThat(properties)
                .containsOnlyKeys(LaunchProperties.FIXED.keySet())
                .containsEntry("symphony.policy.file", "/etc/${not.replaced}")
                .containsEntry("symphony.encryption", "off")
                .containsEntry("symphony.environment", "dev")
                .containsEntry("symphony.security", "required")
                .containsEntry("symphony.admission", "");
    }

    /** Those of the file. */
    private Map<String, String> read(Path file) throws LaunchException {
        Map<String, String> properties = LaunchProperties.read(file, system);
        properties.keySet().removeAll(LaunchProperties.FIXED.keySet());
        return properties;
    }

    private void assertRefused(Path file, String reason) {
        assertThatExceptionOfType(LaunchException.class)
                .isThrownBy(() -> LaunchProperties.read(file, system))
                .withMessageContainingAll(file.toString(), reason);
    }

    private Path fileWith(String text) throws IOException {
        return Files.writeString(folder.resolve("config.properties"), text);
    }
}
