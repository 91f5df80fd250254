package symphony.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Vector;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/**
 * Whatever stands in a configuration: it is in force as a whole, or nothing of it; nothing is thrown at declarative services,
 * and data are encoded and decoded as before.
 */
class ConfigurationFuzzTest {
    /** Larger data than this take long, and tell no more. */
    private static final int MOST_TRIED = 1 << 20;

    @Provide
    Arbitrary<List<Map<String, Object>>> changes() {
        Arbitrary<String> keys = Arbitraries.of(Arrays.stream(CborCodec.Config.class.getDeclaredMethods())
                .map(key -> key.getName().replace('_', '.'))
                .sorted()
                .toList());
        Arbitrary<Object> likely = Arbitraries.of("1024", 2_000, 70_000L, "1", 2, 3L, "17", 256);
        Arbitrary<Object> hostile = Arbitraries.of(
                new String[] {"5"},
                new int[] {1, 2},
                new byte[0],
                new Vector<>(List.of("1s")),
                Map.of("a", 1),
                'x',
                true,
                (short) -1,
                Double.NaN,
                Long.MIN_VALUE,
                new BigDecimal("1e1000000"),
                "",
                " ",
                "\u0000\u001b[31m",
                "9".repeat(300),
                "\ud800",
                new Object());
        Arbitrary<Object> random = Arbitraries.oneOf(
                Arbitraries.strings().ofMaxLength(12).map(text -> text),
                Arbitraries.integers().map(number -> number),
                Arbitraries.doubles().map(number -> number));
        return Arbitraries.maps(
                        keys, Arbitraries.frequencyOf(Tuple.of(6, likely), Tuple.of(2, hostile), Tuple.of(1, random)))
                .list()
                .ofMinSize(1)
                .ofMaxSize(5);
    }

    @Property(tries = 300)
    void encodesAndDecodesByTheLastConfigurationThatIsGood(@ForAll("changes") List<Map<String, Object>> changes) {
        var codec = new CborCodec(changes.get(0));
        CodecLimits limits = CborCodec.limits(CborCodec.SETTINGS.orDefaults(changes.get(0)));
        assertHolds(codec, limits);
        for (Map<String, Object> change : changes.subList(1, changes.size())) {
            codec.modified(change);
            limits = ifGood(change, limits);
            assertHolds(codec, limits);
        }
        codec.deactivate();
    }

    private static CodecLimits ifGood(Map<String, Object> change, CodecLimits before) {
        var limits = new CodecLimits[] {before};
        CborCodec.SETTINGS.ifValid(change, values -> limits[0] = CborCodec.limits(values));
        return limits[0];
    }

    private static void assertHolds(CborCodec codec, CodecLimits limits) {
        assertPasses(codec, nested(limits.depth()));
        assertThatIllegalArgumentException().isThrownBy(() -> codec.encode(nested(limits.depth() + 1)));
        int bytes = Math.min(limits.payloadBytes(), MOST_TRIED);
        assertPasses(codec, Map.of("text", "x".repeat(bytes - 16)));
        if (limits.payloadBytes() <= MOST_TRIED) {
            assertThatIllegalArgumentException().isThrownBy(() -> codec.encode(Map.of("text", "x".repeat(bytes))));
        }
    }

    private static void assertPasses(CborCodec codec, Map<String, Object> data) {
        byte[] bytes = codec.encode(data);
        assertThat(codec.decode(bytes, 0, bytes.length)).isEqualTo(data);
    }

    private static Map<String, Object> nested(int depth) {
        Map<String, Object> nested = Map.of("n", 12L);
        for (int i = 1; i < depth; i++) {
            nested = Map.of("n", nested);
        }
        return nested;
    }
}
