package symphony.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import symphony.api.event.Event;

/** Whatever JSON is given for an event, typed or in a file: exactly that is published, or one harmless line says why not. */
class EventDataFuzzTest {
    private static final Rig RIG = Rig.complete();

    @AfterContainer
    static void close() {
        RIG.close();
    }

    /** What JSON can tell, and what comes back of it. */
    @Provide
    Arbitrary<Object> values() {
        return Arbitraries.recursive(this::scalars, EventDataFuzzTest::around, 0, 3)
                .withoutEdgeCases();
    }

    /** In a list, in a map, or alone. */
    private static Arbitrary<Object> around(Arbitrary<Object> inner) {
        return Arbitraries.oneOf(
                inner.list().ofMaxSize(3).map(list -> (Object) list),
                Arbitraries.maps(Arbitraries.strings().ofMaxLength(8).filter(EventDataFuzzTest::isWhole), inner)
                        .ofMaxSize(3)
                        .map(map -> (Object) map),
                inner);
    }

    private Arbitrary<Object> scalars() {
        return Arbitraries.oneOf(
                Arbitraries.strings()
                        .ofMaxLength(20)
                        .filter(EventDataFuzzTest::isWhole)
                        .map(text -> (Object) text),
                Arbitraries.longs().map(number -> (Object) number),
                Arbitraries.longs().filter(number -> number != 0).map(number ->
                        (Object) BigInteger.valueOf(number).shiftLeft(Long.SIZE)),
                Arbitraries.doubles().map(number -> (Object) number),
                Arbitraries.of(true, false).map(truth -> (Object) truth),
                Arbitraries.just((Object) null).map(nothing -> null));
    }

    /** Halves of characters are replaced on their way to the terminal, not here. */
    private static boolean isWhole(String text) {
        return text.codePoints().noneMatch(c -> Character.getType(c) == Character.SURROGATE);
    }

    @Property(tries = 500, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.BOUNDED)
    void publishesExactlyWhatTheJsonSays(@ForAll("values") Object value) throws Exception {
        var data = new LinkedHashMap<String, Object>();
        data.put("it", value);
        assertThat(publish(Json.write(data))).isEqualTo(data);
        assertThat(publish("it=" + Json.write(value))).isEqualTo(data);
        assertThat(new EventLines("", List.of())
                        .read("{\"topic\":\"fuzz\",\"data\":" + Json.write(data) + "}")
                        .data())
                .isEqualTo(data);
    }

    private static Object publish(String words) throws Exception {
        RIG.events.published.clear();
        RIG.engine.commands().get("publish").execute(RIG.session, List.of("fuzz", words));
        assertThat(RIG.events.published).hasSize(1);
        return RIG.events.published.get(0).data();
    }

    /** JSON of which something was taken, put in or exchanged. */
    @Provide
    Arbitrary<String> broken() {
        Arbitrary<String> pieces = Arbitraries.of(
                "{",
                "}",
                "[",
                "]",
                "\"",
                ":",
                ",",
                "\\",
                "\\u12",
                "\\ud800",
                "-",
                "1e",
                "1e999",
                "0x1",
                "NaN",
                "tru",
                "//",
                "/*",
                "'",
                "\u0000",
                "\n",
                "\u001b[2J",
                "\ud800",
                "\u2028",
                "\ufeff",
                "1".repeat(500),
                "[".repeat(80),
                "{\"a\":".repeat(80),
                "\"a\":1,\"a\":2");
        Arbitrary<String> json = values().map(Json::write);
        Arbitrary<String> changed = Combinators.combine(
                        json,
                        pieces,
                        Arbitraries.integers().between(0, 200),
                        Arbitraries.integers().between(0, 3))
                .as((text, piece, at, drop) -> {
                    int from = text.isEmpty() ? 0 : at % text.length();
                    return text.substring(0, from) + piece + text.substring(Math.min(text.length(), from + drop));
                });
        return Arbitraries.frequencyOf(
                Tuple.of(4, changed),
                Tuple.of(2, changed.map(text -> "{\"it\":" + text + "}")),
                Tuple.of(1, pieces.list().ofMaxSize(6).map(list -> String.join("", list))),
                Tuple.of(1, Arbitraries.strings().ofMaxLength(30)));
    }

    @Property(tries = 1_000, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.BOUNDED)
    void publishesWhatCanBeReadBackOrSaysInOneLineWhatIsWrong(
            @ForAll("broken") String text, @ForAll @IntRange(max = 1) int way) throws Exception {
        RIG.events.published.clear();
        List<Object> words = way == 0 ? List.of("fuzz", text) : List.of("fuzz", "it=" + text);
        try {
            RIG.engine.commands().get("publish").execute(RIG.session, words);
            assertThat(RIG.events.published).hasSize(1);
            readsBack(RIG.events.published.get(0));
        } catch (CommandException e) {
            assertThat(e.toString()).startsWith("publish: ").doesNotContain("failed unexpectedly");
            assertHarmless(e.toString());
            assertThat(RIG.events.published).isEmpty();
        }
    }

    /** Lines with each field, right and wrong, and any JSON or no JSON as its value. */
    @Provide
    Arbitrary<String> lines() {
        Arbitrary<String> fields =
                Arbitraries.of("topic", "data", "priority", "key", "ttl", "id", "attributes", "unknown", "\\u0074opic");
        Arbitrary<String> likely = Arbitraries.of(
                "\"a/b\"",
                "3",
                "10",
                "\"5s\"",
                "\"-5s\"",
                "\"01976f0c-7c5e-7000-8000-000000000001\"",
                "{\"a\":\"b\"}",
                "{\"a\":1}",
                "null",
                "\"\\u001b[31m\"",
                "\"\\ud800\"",
                "1e400",
                "\"\"");
        return Combinators.combine(
                        Combinators.combine(fields, Arbitraries.frequencyOf(Tuple.of(4, likely), Tuple.of(1, broken())))
                                .as((field, value) -> "\"" + field + "\":" + value)
                                .list()
                                .ofMaxSize(4),
                        Arbitraries.of(true, true, false))
                .as((all, named) -> "{" + (named ? "\"topic\":\"fuzz\"" + (all.isEmpty() ? "" : ",") : "")
                        + String.join(",", all) + "}");
    }

    @Property(tries = 1_000, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.BOUNDED)
    void readsALineOfAFileOrSaysWhatIsWrong(@ForAll("lines") String line) {
        try {
            Event event = new EventLines("", List.of()).read(line);
            assertThat(event.topic()).isNotEmpty();
            readsBack(event);
        } catch (IllegalArgumentException e) {
            assertThat(e.getMessage()).isNotEmpty();
            assertThat(e.getMessage().length()).isLessThan(1_000);
            assertHarmless(Text.line(e.getMessage()));
        }
    }

    private static void readsBack(Event event) {
        if (event.data() instanceof Map<?, ?> data) {
            assertThat(Json.read(Json.write(data))).isEqualTo(data);
        }
    }

    private static void assertHarmless(String line) {
        assertThat(line.codePoints()).allMatch(Text::isHarmless);
        assertThat(line).doesNotContain("\n");
    }
}
