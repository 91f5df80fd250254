package symphony.nlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import symphony.api.nlp.Example;
import symphony.api.nlp.ExampleSet;
import symphony.api.nlp.TrainingDataException;
import symphony.api.nlp.TrainingFormat;

class ExampleReaderTest {
    private static ExampleSet read(TrainingFormat format, byte[] bytes) throws IOException {
        return ExampleReader.read("file", format, new ByteArrayInputStream(bytes));
    }

    private static ExampleSet read(TrainingFormat format, String text) throws IOException {
        return read(format, text.getBytes(StandardCharsets.UTF_8));
    }

    private static void refuses(TrainingFormat format, String text, long line, String why) {
        refuses(format, text.getBytes(StandardCharsets.UTF_8), line, why);
    }

    private static void refuses(TrainingFormat format, byte[] bytes, long line, String why) {
        assertThatThrownBy(() -> read(format, bytes))
                .isInstanceOfSatisfying(
                        TrainingDataException.class,
                        e -> assertThat(e.line()).as(e.getMessage()).isEqualTo(line))
                .hasMessageContaining(why);
    }

    @Test
    void readsEachFormatAlike() throws IOException {
        var light = new Example("light", "more light");
        var music = new Example("music", "a, \"b\"");

        assertThat(read(TrainingFormat.TSV, "light\tmore light\r\n\nmusic\ta, \"b\"")
                        .examples())
                .containsExactly(light, music);
        assertThat(read(TrainingFormat.CSV, "id,Text,intent\r\n1,more light,light\n2,\"a, \"\"b\"\"\",music\n")
                        .examples())
                .containsExactly(light, music);
        assertThat(read(
                                TrainingFormat.JSON_LINES,
                                "{\"intent\":\"light\",\"text\":\"more light\",\"x\":[1,{}]}\n"
                                        + "{\"utterance\":\"a, \\\"b\\\"\",\"intent\":\"music\"}")
                        .examples())
                .containsExactly(light, music);
    }

    @Test
    void readsAByteOrderMarkAndAllScripts() throws IOException {
        assertThat(read(TrainingFormat.TSV, "\uFEFFlight\tשלום 👋 включи\n").examples())
                .containsExactly(new Example("light", "שלום 👋 включи"));
    }

    @Test
    void readsFieldsOfSeveralLines() throws IOException {
        assertThat(read(TrainingFormat.CSV, "intent,utterance\na,\"one\ntwo\"\nb,three\n")
                        .examples())
                .containsExactly(new Example("a", "one\ntwo"), new Example("b", "three"));
        refuses(TrainingFormat.CSV, "intent,utterance\na,\"one\ntwo\"\nb,x,y\n", 4, "3 fields");
    }

    @Test
    void saysInWhichLineWhatIsWrong() {
        refuses(TrainingFormat.TSV, "a\tb\nc d\n", 2, "1 column,");
        refuses(TrainingFormat.TSV, "a\tb\tc\n", 1, "3 columns");
        refuses(TrainingFormat.TSV, "a\tb\n\tc\n", 2, "intent ''");
        refuses(TrainingFormat.TSV, "a\tb\nc\t \n", 2, "blank");
        refuses(TrainingFormat.TSV, "a\tb\n" + "i".repeat(101) + "\tc\n", 2, "1 to 100");
        refuses(TrainingFormat.TSV, "a\t" + "b".repeat(10_001), 1, "10001 characters");
        refuses(TrainingFormat.TSV, "a\tb\na\t" + "b".repeat(70_000), 2, "65536 bytes");
        refuses(TrainingFormat.CSV, "a,b\n", 1, "[a, b]");
        refuses(TrainingFormat.CSV, "intent\nx\n", 1, "[intent]");
        refuses(TrainingFormat.CSV, "", 1, "empty");
        refuses(TrainingFormat.CSV, "intent,text\na,b\nc,\"d\n\n", 3, "no closing quote");
        refuses(TrainingFormat.CSV, "intent,text\na,\"b\"c\n", 2, "closing quote");
        refuses(TrainingFormat.CSV, "intent,text\na,b\"c\n", 2, "quote");
        refuses(TrainingFormat.JSON_LINES, "{\"intent\":\"a\",\"text\":\"b\"}\n{\"intent\":\"a\"}", 2, "no utterance");
        refuses(TrainingFormat.JSON_LINES, "[1]", 1, "no JSON object");
        refuses(TrainingFormat.JSON_LINES, "{\"intent\":\"a\",", 1, "no JSON");
        refuses(TrainingFormat.JSON_LINES, "{\"intent\":7}", 1, "no text in quotes");
        refuses(TrainingFormat.JSON_LINES, "{\"intent\":\"a\",\"text\":\"b\"} {}", 1, "more follows");
        refuses(TrainingFormat.JSON_LINES, "{\"x\":" + "[".repeat(40), 1, "no JSON");
    }

    @Test
    void tellsNothingOfTheTextThatIsNoJson() {
        assertThatThrownBy(() -> read(TrainingFormat.JSON_LINES, "{\"intent\": secret}"))
                .hasMessageNotContaining("secret");
    }

    @Test
    void needsOneExample() {
        for (TrainingFormat format : new TrainingFormat[] {TrainingFormat.TSV, TrainingFormat.JSON_LINES}) {
            refuses(format, "", 0, "no example");
            refuses(format, "\n \n", 0, "no example");
        }
        refuses(TrainingFormat.CSV, "intent,text\n", 0, "no example");
    }

    @Test
    void refusesWhatIsNotUtf8() {
        refuses(TrainingFormat.TSV, new byte[] {'a', '\t', 'b', '\n', 'a', '\t', (byte) 0xe9, 'x'}, 2, "byte 3 (0xe9)");
        refuses(TrainingFormat.TSV, new byte[] {'a', '\t', (byte) 0xc3}, 1, "not UTF-8"); // cut off
        refuses(TrainingFormat.TSV, new byte[] {'a', '\t', (byte) 0xed, (byte) 0xa0, (byte) 0x80}, 1, "not UTF-8");
    }

    @Test
    void warnsOfWhatStandsThereTwice() throws IOException {
        ExampleSet set = read(TrainingFormat.TSV, "a\tx\nb\ty\na\tx\nb\tx\n");

        assertThat(set.examples()).hasSize(4).endsWith(new Example("a", "x"), new Example("b", "x"));
        assertThat(set.warnings()).hasSize(2);
        assertThat(set.warnings().get(0)).contains("1 line repeats").contains("3 (see line 1)");
        assertThat(set.warnings().get(1)).contains("another intent").contains("4 (see line 1)");
    }

    @Test
    void refusesMoreIntentsThanAModelHas() {
        String many = IntStream.range(0, 10_000)
                .mapToObj(i -> "intent" + i + "\tutterance " + i + "\n")
                .collect(Collectors.joining());
        refuses(TrainingFormat.TSV, many, TrainingLimits.INTENTS + 1, "2000");
    }

    /** A file without an end, as one that is read needs no memory for more than what is kept. */
    private static InputStream endless(String begin, String again) {
        byte[] head = begin.getBytes(StandardCharsets.UTF_8);
        byte[] rest = again.getBytes(StandardCharsets.UTF_8);
        return new InputStream() {
            private long at;

            @Override
            public int read() {
                long next = at++;
                return next < head.length ? head[(int) next] : rest[(int) ((next - head.length) % rest.length)];
            }
        };
    }

    private static void refusesEndless(TrainingFormat format, String begin, String again, String why) {
        assertThatThrownBy(() -> ExampleReader.read("file", format, endless(begin, again)))
                .isInstanceOf(TrainingDataException.class)
                .hasMessageContaining(why);
    }

    /** Issue 13: a record of endless fields was kept until it ended, and all that within the limits of each line was. */
    @Test
    @Timeout(120)
    void readsNoMoreThanATrainingMayHave() {
        refusesEndless(
                TrainingFormat.CSV, "intent,text\n\"a", "\n\",\"", "3 fields or more, must have 2 as the header");
        refusesEndless(TrainingFormat.CSV, "intent,text,\"", "\n\",\"", "1001 fields or more, must have 1000 at most");
        refusesEndless(
                TrainingFormat.CSV,
                "a,".repeat(900) + "intent,text\n\"",
                "b".repeat(2000) + "\n\",\"",
                "has more than 1048576 characters");
        refusesEndless(
                TrainingFormat.TSV,
                "",
                "a\t" + "b ".repeat(4_000) + "\n",
                "characters, must have 16777216 in all at most");
        refusesEndless(TrainingFormat.TSV, "", "a\tb\n", "one more than the 200000 examples");
    }

    @Test
    void takesTheColumnUtteranceWhereThereAreBoth() throws IOException {
        var example = new Example("a", "right");
        assertThat(read(TrainingFormat.CSV, "utterance,text,intent\nright,wrong,a\n")
                        .examples())
                .containsExactly(example);
        for (String fields :
                new String[] {"\"text\":\"wrong\",\"utterance\":\"right\"", "\"utterance\":\"right\",\"text\":\"wrong\""
                }) {
            assertThat(read(TrainingFormat.JSON_LINES, "{\"intent\":\"a\"," + fields + "}")
                            .examples())
                    .containsExactly(example);
        }
    }

    @Property(tries = 300)
    void readsOrRefusesWhatever(@ForAll byte[] bytes, @ForAll TrainingFormat format) throws IOException {
        try {
            assertThat(read(format, bytes).examples()).isNotEmpty();
        } catch (TrainingDataException e) {
            assertThat(e).hasMessageStartingWith("file");
        }
    }
}
