package symphony.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
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
}
