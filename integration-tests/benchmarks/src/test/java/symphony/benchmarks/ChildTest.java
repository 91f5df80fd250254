package symphony.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ChildTest {
    @TempDir
    private Path folder;

    @Test
    void takesTheResultAndEndsTheProcess() throws Exception {
        assertThat(child("echo hello; echo 'RESULT {\"events\":12.500,\"collector\":\"G1\"}'; exec sleep 1000", 60)
                        .result())
                .isEqualTo(Map.of("events", 12.5, "collector", "G1"));
    }

    @Test
    void showsWhatAFailedProcessWrote() {
        assertThatThrownBy(() -> child("echo why >&2; echo FAILED because; exec sleep 1000", 60)
                        .result())
                .isInstanceOfSatisfying(
                        FailedRun.class, e -> assertThat(e.output()).contains("why"))
                .hasMessageContaining("FAILED because");
    }

    @Test
    void showsWhatAProcessWroteThatEndsWithoutAResult() {
        assertThatThrownBy(() -> child("echo last words; exit 3", 60).result())
                .isInstanceOfSatisfying(
                        FailedRun.class, e -> assertThat(e.output()).contains("last words"))
                .hasMessageContaining("ended without a result");
        assertThat(folder.resolve("output.txt")).hasContent("last words");
    }

    @Test
    void endsAProcessThatHangs() {
        assertThatThrownBy(() -> child("echo still here; exec sleep 1000", 1).result())
                .isInstanceOfSatisfying(
                        FailedRun.class, e -> assertThat(e.output()).contains("still here"))
                .hasMessageContaining("no result within 1 s");
        assertThat(Files.exists(folder.resolve("output.txt"))).isTrue();
    }

    private Child child(String script, int deadlineSeconds) {
        return new Child(new ProcessBuilder("sh", "-c", script), folder, deadlineSeconds);
    }
}
