package symphony.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import org.junit.jupiter.api.Test;

class ReasonTest {
    @Test
    void isTheInnermostCause() {
        var problem = new IllegalStateException(
                "outer", new IOException("middle", new IOException("zip END header not found")));

        assertThat(Reason.of(problem)).isEqualTo("zip END header not found");
    }

    @Test
    void isTheNameOfAProblemWithoutMessage() {
        assertThat(Reason.of(new IllegalStateException())).isEqualTo("IllegalStateException");
    }

    @Test
    void tellsInWordsWhatAFileExceptionTellsByItsType() {
        assertThat(Reason.of(new AccessDeniedException("/x"))).isEqualTo("permission denied for /x");
        assertThat(Reason.of(new FileSystemException("/x", null, "Read-only file system")))
                .isEqualTo("/x: Read-only file system");
    }

    @Test
    void endsOnARingOfCauses() {
        var first = new IOException("first");
        var second = new IOException("second", first);
        first.initCause(second);

        assertThat(Reason.of(first)).isIn("first", "second");
    }
}
