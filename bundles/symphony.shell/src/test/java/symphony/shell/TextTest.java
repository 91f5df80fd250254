package symphony.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class TextTest {
    @Property(tries = 500)
    void cleanTextIsHarmlessAndKeepsWhatIsHarmless(@ForAll String text) {
        assertThat(Text.clean(text).codePoints()).allMatch(Text::isHarmless);
        if (text.codePoints().allMatch(Text::isHarmless)) {
            assertThat(Text.clean(text)).isEqualTo(text);
        }
    }

    @Property(tries = 500)
    void jsonIsHarmlessAndReadsBackTheSame(@ForAll String text, @ForAll long number, @ForAll boolean truth) {
        Object value = Map.of("text", text, "list", List.of(number, truth), "map", Map.of("k", text));
        String json = Json.write(value);
        assertThat(json.codePoints()).allMatch(Text::isHarmless);
        if (text.codePoints().noneMatch(c -> c >= 0xd800 && c < 0xe000)) { // half a pair is no text
            assertThat(Json.read(json)).isEqualTo(value);
        }
    }

    @Property(tries = 500)
    void fittedTextIsNoLonger(@ForAll String text, @ForAll @IntRange(min = 1, max = 50) int most) {
        assertThat(Text.fit(text, most)).hasSizeLessThanOrEqualTo(most);
        assertThat(Text.cut(text, most)).hasSizeLessThanOrEqualTo(most);
        assertThat(Text.wrap(text, most)).allMatch(line -> line.length() <= most);
    }

    @Test
    void escapesWhatATerminalWouldObey() {
        assertThat(Text.clean("a\u001b[31m\n\u202eb\u009bü\ud83d\ude00"))
                .isEqualTo("a\\u001b[31m\\n\\u202eb\\u009bü\ud83d\ude00");
    }

    @Test
    void jsonIsStrict() {
        assertThat(Json.read(" [1, 1.5, null, \"a\"] ")).isEqualTo(Arrays.asList(1L, 1.5, null, "a"));
        assertThat(Json.read("123456789012345678901")).isEqualTo(new BigInteger("123456789012345678901"));
        for (String bad :
                List.of("", "[1", "{\"a\":1,\"a\":2}", "1 2", "NaN", "01", "{'a':1}", "[1,]", "9".repeat(1000))) {
            assertThatThrownBy(() -> Json.read(bad)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> Json.read("[".repeat(100_000))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void showsSizesAndRates() {
        assertThat(List.of(Text.bytes(12), Text.bytes(1536), Text.bytes(64L << 20), Text.grouped(1234567)))
                .containsExactly("12 B", "1.5 KiB", "64 MiB", "1 234 567");
        assertThat(List.of(Text.rate(0.25), Text.rate(1234.4))).containsExactly("0.3/s", "1 234/s");
    }
}
