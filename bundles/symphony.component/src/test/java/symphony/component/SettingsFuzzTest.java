package symphony.component;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Vector;
import java.util.function.Supplier;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever is configured, it is read or refused as a whole, never thrown at the component. */
class SettingsFuzzTest {
    private static final String[] KEYS = {"number", "real", "time", "flag", "text", "choice"};

    /** An object of somebody's own. */
    private record Saying(Supplier<String> text) {
        @Override
        public String toString() {
            return text.get();
        }
    }

    private final Settings settings = Settings.of("symphony.it")
            .number("number", 5, 1, 10)
            .real("real", 0.5, 0, 1)
            .time("time", Duration.ofSeconds(1), Duration.ZERO, Duration.ofDays(1))
            .flag("flag", true)
            .text("text", "a", text -> {
                if (text.length() > 10) {
                    throw new IllegalArgumentException("must have 10 characters at most");
                }
            })
            .choice("choice", "one", "one", "two")
            .build();

    @Provide
    Arbitrary<Map<String, Object>> configurations() {
        Arbitrary<Object> hostile = Arbitraries.of(
                new int[] {1},
                new String[] {"one", "two"},
                new Object[] {null, new byte[] {1}},
                List.of("5"),
                new Vector<>(List.of(true)),
                Map.of("a", 1),
                'b',
                (byte) 3,
                2.5f,
                new BigDecimal("1e-400"),
                Double.NaN,
                Float.NEGATIVE_INFINITY,
                Long.MAX_VALUE,
                "1e999999999",
                "9".repeat(5_000),
                "\u0000",
                "0x1",
                "-0",
                "",
                new Saying(() -> "5"),
                new Saying(() -> null),
                new Saying(() -> {
                    throw new IllegalStateException("asked");
                }),
                new Saying(() -> {
                    throw new AssertionError("asked");
                }),
                new Saying(() -> {
                    throw new StackOverflowError("asked");
                }));
        Arbitrary<Object> values = Arbitraries.oneOf(
                hostile,
                Arbitraries.strings().ofMaxLength(30).map(text -> (Object) text),
                Arbitraries.integers().map(number -> (Object) number),
                Arbitraries.doubles().map(number -> (Object) number),
                Arbitraries.of("5", "0.25", "2s", "false", "b", "two").map(text -> (Object) text));
        Arbitrary<String> keys =
                Arbitraries.oneOf(Arbitraries.of(KEYS), Arbitraries.strings().ofMaxLength(10));
        return Arbitraries.maps(keys, values).ofMaxSize(8);
    }

    @Property(tries = 2_000)
    void appliesAllOrNothingAndNeverThrows(@ForAll("configurations") Map<String, Object> configuration) {
        Settings.Values started = settings.orDefaults(configuration);
        var applied = new ArrayList<Settings.Values>();
        boolean valid = settings.ifValid(configuration, applied::add);
        // in range, or the default
        assertThat(started.number("number")).isBetween(1L, 10L);
        assertThat(started.real("real")).isBetween(0.0, 1.0);
        assertThat(started.time("time")).isBetween(Duration.ZERO, Duration.ofDays(1));
        assertThat(started.text("text").length()).isLessThanOrEqualTo(10);
        assertThat(started.text("choice")).isIn("one", "two");
        // a change is what a start would take, or nothing
        assertThat(applied).hasSize(valid ? 1 : 0);
        if (valid) {
            assertThat(applied.get(0)).hasToString(started.toString());
        }
    }

    @Property(tries = 500)
    void takesTheDefaultForWhatIsNotSet(@ForAll("configurations") Map<String, Object> configuration) {
        var others = new HashMap<>(configuration);
        for (String key : KEYS) {
            others.remove(key);
        }
        assertThat(settings.orDefaults(others))
                .hasToString(settings.orDefaults(Map.of()).toString());
        assertThat(settings.ifValid(others, values -> {})).isTrue();
    }
}
