package symphony.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FolderNamesTest {
    @Test
    void makesTheNameAbsolute() throws Exception {
        assertThat(FolderNames.parse("home", "my data/./x/.."))
                .isEqualTo(Path.of("").toAbsolutePath().resolve("my data"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a,b", "50%", "a#b", "a?", "${user.home}", "a*", "{a}", "a\nb", "a\0b", "\u007f"})
    void refusesCharactersThatMeanSomethingElsewhere(String name) {
        assertThatExceptionOfType(LaunchException.class)
                .isThrownBy(() -> FolderNames.parse("symphony.home", name))
                .satisfies(e -> assertThat(e.exitCode()).isEqualTo(LaunchException.USAGE))
                .withMessageContainingAll("symphony.home is " + name, "rename or move it");
    }
}
