package symphony.shell;

import static java.lang.Character.UnicodeScript.ARABIC;
import static java.lang.Character.UnicodeScript.CYRILLIC;
import static java.lang.Character.UnicodeScript.DEVANAGARI;
import static java.lang.Character.UnicodeScript.GREEK;
import static java.lang.Character.UnicodeScript.HAN;
import static java.lang.Character.UnicodeScript.HANGUL;
import static java.lang.Character.UnicodeScript.HEBREW;
import static java.lang.Character.UnicodeScript.HIRAGANA;
import static java.lang.Character.UnicodeScript.KATAKANA;
import static java.lang.Character.UnicodeScript.LATIN;
import static java.lang.Character.UnicodeScript.THAI;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.jline.utils.WCWidth;
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

    /** What a terminal makes of it, by the table of jline, which the shell of the product has. */
    private static int columns(String text) {
        return text.codePoints().map(WCWidth::wcwidth).sum();
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.strings()
                .withChars("ab \u00e4\u0301\u0300\u0e34\u65e5\u672c\uff76\uff21\ud55c\u1100\u1161")
                .ofMaxLength(60)
                .map(text -> text.replace("b", "\ud83d\ude00").replace("\u00e4\ud83d", "\ud840\udc00\ud83d"));
    }

    @Property(tries = 500)
    void fittedTextIsNoWider(@ForAll("texts") String text, @ForAll @IntRange(min = 1, max = 50) int most) {
        assertThat(columns(Text.fit(text, most))).isLessThanOrEqualTo(most);
        assertThat(columns(Text.cut(text, most))).isLessThanOrEqualTo(most);
        assertThat(columns(Text.pad(Text.fit(text, most), most, false))).isEqualTo(most);
        assertThat(Text.wrap(text, most)).allMatch(line -> columns(line) <= Math.max(2, most));
    }

    @Property(tries = 500)
    void noLetterIsLostOrBroken(@ForAll("texts") String text, @ForAll @IntRange(min = 1, max = 50) int most) {
        assertThat(String.join("", Text.wrap(text, most)).replace(" ", "")).isEqualTo(text.replace(" ", ""));
        for (String part : List.of(Text.fit(text, most), Text.cut(text, most))) {
            assertThat(part.codePoints()).noneMatch(c -> Character.getType(c) == Character.SURROGATE);
            int sign = part.indexOf('\u2026');
            boolean markFollows = sign >= 0
                    && sign + 1 < part.length()
                    && Character.getType(part.charAt(sign + 1)) == Character.NON_SPACING_MARK;
            assertThat(markFollows).isFalse();
        }
    }

    /** Of writings that are old in Unicode, so that the tables of both and of Java are of one mind. */
    @Test
    void theNameOfAFieldIsHarmlessAndShort() {
        var lines = new ArrayList<String>();
        Text.field(lines, 80, "\u001b]0;owned\u0007\n" + "x".repeat(100), "v");
        assertThat(lines)
                .singleElement()
                .asString()
                .startsWith("\\u001b]0;owned\\u0007\\nxxx")
                .hasSizeLessThan(60);
    }

    @Test
    void lettersAreAsWideAsTheLineEditorThinks() {
        var scripts =
                EnumSet.of(LATIN, GREEK, CYRILLIC, HEBREW, ARABIC, THAI, DEVANAGARI, HIRAGANA, KATAKANA, HAN, HANGUL);
        IntStream.range(0x20, 0x30000)
                .filter(c -> scripts.contains(Character.UnicodeScript.of(c)) && Text.isHarmless(c))
                .forEach(c -> assertThat(DisplayWidth.of(c)).as("U+%04X", c).isEqualTo(WCWidth.wcwidth(c)));
    }

    @Test
    void aLongTextIsWrappedInTime() {
        assertThat(Text.wrap("\u65e5".repeat(1 << 20), 80)).hasSize((1 << 20) / 40 + 1);
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

    @Test
    void showsSharesAsPeopleSayThem() {
        assertThat(Text.percent(0.8755)).isEqualTo("87.6 %");
        assertThat(Text.percent(1)).isEqualTo("100.0 %");
        assertThat(Text.percent(0)).isEqualTo("0.0 %");
    }
}
