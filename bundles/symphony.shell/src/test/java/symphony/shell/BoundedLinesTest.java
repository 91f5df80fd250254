package symphony.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class BoundedLinesTest {
    private static List<String> read(byte[] bytes, int most) throws IOException {
        var texts = new ArrayList<String>();
        try (var lines = new BoundedLines(new ByteArrayInputStream(bytes), most)) {
            while (lines.next()) {
                try {
                    texts.add(lines.text());
                } catch (BoundedLines.BadLineException e) {
                    texts.add("bad");
                }
            }
            assertThat(lines.number()).isEqualTo(texts.size());
        }
        return texts;
    }

    @Property(tries = 300)
    void equalsTheSplitTextWhateverTheLengths(@ForAll @Size(max = 20) List<@IntRange(max = 40_000) Integer> lengths)
            throws IOException {
        var expected = new ArrayList<String>();
        var text = new StringBuilder();
        for (int length : lengths) {
            String line = "ä".repeat(length / 2);
            expected.add(line.length() * 2 > 30_000 ? "bad" : line);
            text.append(line).append(length % 2 == 0 ? "\n" : "\r\n");
        }
        assertThat(read(text.toString().getBytes(StandardCharsets.UTF_8), 30_000))
                .isEqualTo(expected);
    }

    @Test
    void countsALastLineWithoutEnd() throws IOException {
        assertThat(read("a\n\nb".getBytes(StandardCharsets.UTF_8), 10)).containsExactly("a", "", "b");
        assertThat(read(new byte[0], 10)).isEmpty();
    }

    /** Counts what this thread takes from the heap while it reads one line of 64 MiB. */
    @Test
    void aLineOverTheLimitIsNotReadIntoMemory() throws IOException {
        var left = new AtomicLong(64 << 20);
        var endless = new InputStream() {
            @Override
            public int read() {
                throw new UnsupportedOperationException();
            }

            @Override
            public int read(byte[] into, int offset, int length) {
                int count = (int) Math.min(length, left.get());
                left.addAndGet(-count);
                return count == 0 ? -1 : count;
            }
        };
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        try (var lines = new BoundedLines(endless, 100_000)) {
            assertThat(lines.next()).isTrue();
            assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(1 << 20);
            assertThatThrownBy(lines::text).hasMessage("has 64 MiB, at most 98 KiB are read");
            assertThat(lines.next()).isFalse();
        }
    }
}
