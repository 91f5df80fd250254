package symphony.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private static final long MILLI = 1_000_000;

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5 * MILLI); // the count overflows soon
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private Progress progress(boolean terminal) {
        return new Progress(new Console(new PrintStream(out, true, StandardCharsets.UTF_8), terminal, 40), nanos::get);
    }

    private String printed() {
        String text = out.toString(StandardCharsets.UTF_8);
        out.reset();
        return text;
    }

    @Test
    void isDueFiveTimesASecondOnATerminal() {
        var progress = progress(true);
        nanos.addAndGet(200 * MILLI - 1);
        assertThat(progress.isDue()).isFalse();
        nanos.addAndGet(1);
        assertThat(progress.isDue()).isTrue();
        progress.show("1 event");
        assertThat(progress.isDue()).isFalse();
        nanos.addAndGet(200 * MILLI);
        assertThat(progress.isDue()).isTrue();
    }

    @Test
    void overwritesItselfOnATerminal() {
        var progress = progress(true);
        progress.show("10 events");
        assertThat(printed()).isEqualTo("\r10 events");
        progress.show("done");
        assertThat(printed()).isEqualTo("\rdone     ");
        progress.clear();
        assertThat(printed()).isEqualTo("\r    \r");
        progress.clear();
        progress.leave();
        assertThat(printed()).isEmpty();
    }

    @Test
    void neverFillsTheLastColumnWhereTheCursorWouldWrap() {
        progress(true).show("x".repeat(100));
        assertThat(printed()).isEqualTo("\r" + "x".repeat(38) + "\u2026");
        progress(true).show("\u65e5".repeat(100));
        assertThat(printed()).isEqualTo("\r" + "\u65e5".repeat(19) + "\u2026");
    }

    @Test
    void leavesItsLineToWhatFollows() {
        var progress = progress(true);
        progress.show("10 events");
        printed();
        progress.leave();
        assertThat(printed()).isEqualTo("\n");
        progress.clear();
        assertThat(printed()).isEmpty();
    }

    @Test
    void isALineEachTenSecondsElsewhere() {
        var progress = progress(false);
        nanos.addAndGet(10_000 * MILLI - 1);
        assertThat(progress.isDue()).isFalse();
        nanos.addAndGet(1);
        assertThat(progress.isDue()).isTrue();
        progress.show("10 events");
        progress.clear();
        progress.leave();
        assertThat(printed()).isEqualTo("10 events\n");
        assertThat(progress.isDue()).isFalse();
    }
}
