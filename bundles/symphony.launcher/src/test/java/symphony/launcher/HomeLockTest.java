package symphony.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HomeLockTest {
    @TempDir
    Path home;

    @Test
    void refusesASecondHolderAndNamesTheFirst() throws Exception {
        try (HomeLock first = HomeLock.take(home)) {
            first.sign(4711);

            assertRefused("another instance (process 4711) uses the state folder " + home, "SYMPHONY_HOME");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "not a number", "999999999999999999999999999999"})
    void namesNobodyIfTheFileHoldsNoProcessId(String content) throws Exception {
        Files.writeString(home.resolve("lock"), content);
        try (HomeLock first = HomeLock.take(home)) {
            assertThat(first).isNotNull();
            String expected = content.startsWith("9") ? "another instance (process " : "another instance uses";
            assertRefused(expected);
        }
    }

    @Test
    void letsTheNextOneInWhenClosed() throws Exception {
        try (HomeLock first = HomeLock.take(home)) {
            first.sign(123456);
        }
        try (HomeLock second = HomeLock.take(home)) {
            second.sign(7);
        }

        assertThat(home.resolve("lock")).hasContent("7\n");
    }

    @Test
    void saysWhenTheFileCannotBeOpened() throws IOException {
        Files.createDirectory(home.resolve("lock"));

        assertRefused("cannot be locked; see to the file " + home.resolve("lock"));
    }

    private void assertRefused(String... message) {
        assertThatExceptionOfType(LaunchException.class)
                .isThrownBy(() -> HomeLock.take(home))
                .satisfies(e -> assertThat(e.exitCode()).isEqualTo(LaunchException.FAILURE))
                .withMessageContainingAll(message);
    }
}
