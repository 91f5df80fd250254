package symphony.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RoundTripTest {
    private final CodecEngine codec = new CodecEngine(CodecLimits.DEFAULT);

    @Provide
    Arbitrary<Map<String, Object>> data() {
        return Data.maps();
    }

    @Provide
    Arbitrary<Object> scalars() {
        return Data.scalars();
    }

    @Property
    void givesBackEachValueInItsOwnType(@ForAll("scalars") Object value) {
        var data = new LinkedHashMap<String, Object>();
        data.put("a", value);
        assertThat(Data.comparable(roundTrip(data))).isEqualTo(Data.comparable(data));
    }

    @Property
    void givesBackNestedDataWithTypesAndOrder(@ForAll("data") Map<String, Object> data) {
        assertThat(Data.comparable(roundTrip(data))).isEqualTo(Data.comparable(data));
    }

    @Property
    void leavesRoomAroundWhatItEncodes(
            @ForAll("data") Map<String, Object> data, @ForAll @IntRange(max = 600) int before, @ForAll byte after) {
        byte[] encoded = codec.encode(data);
        byte[] expected = new byte[before + encoded.length + (after & 0xff)];
        System.arraycopy(encoded, 0, expected, before, encoded.length);
        assertThat(codec.encode(data, before, after & 0xff)).isEqualTo(expected);
    }

    @Property
    void normalisesToWhatComesBack(@ForAll("data") Map<String, Object> data) {
        var wide = Map.of("list", data.values().toArray(), "map", data, "deque", new ArrayDeque<>(List.of(1, 2f)));
        assertThat(Data.comparable(codec.normalise(wide))).isEqualTo(Data.comparable(roundTrip(wide)));
        assertThat(Data.comparable(codec.normalise(data))).isEqualTo(Data.comparable(data));
    }

    @Property
    void normalisesExactlyWhatIsNotTooLargeToBeEncoded(@ForAll("data") Map<String, Object> data) {
        int bytes = codec.encode(data).length;
        walk(data, bytes);
        assertThatThrownBy(() -> walk(data, bytes - 1)).hasMessageContaining("more than " + (bytes - 1) + " bytes");
    }

    private static void walk(Object data, int limit) {
        new DataWalker(new MapBuilder(limit), new PerClass<>(RecordParts::of), CodecLimits.MOST_DEPTH).data(data);
    }

    @Property
    void writesEqualDataAsEqualBytes(@ForAll("data") Map<String, Object> data) {
        byte[] first = codec.encode(data);
        assertThat(codec.encode(new LinkedHashMap<>(data))).isEqualTo(first);
        assertThat(codec.encode(roundTrip(data))).isEqualTo(first);
    }

    @Test
    void widensWhatPublishersUse() {
        assertThat(value(7)).isEqualTo(7L);
        assertThat(value((short) -7)).isEqualTo(-7L);
        assertThat(value((byte) 7)).isEqualTo(7L);
        assertThat(value(7L)).isEqualTo(7L);
        assertThat(value(BigInteger.ONE)).isEqualTo(BigInteger.ONE);
        assertThat(value(1.5f)).isEqualTo(1.5);
        assertThat(value(0.1f)).isEqualTo(0.10000000149011612);
        assertThat(value(TimeUnit.SECONDS)).isEqualTo("SECONDS");
        assertThat(value(new BigDecimal("1.50"))).isEqualTo(new BigDecimal("1.50"));
    }

    @Test
    void turnsArraysAndCollectionsIntoLists() {
        assertThat(value(new int[] {1, 2})).isEqualTo(List.of(1L, 2L));
        assertThat(value(new long[] {1, 2})).isEqualTo(List.of(1L, 2L));
        assertThat(value(new short[] {1})).isEqualTo(List.of(1L));
        assertThat(value(new float[] {1})).isEqualTo(List.of(1.0));
        assertThat(value(new double[0])).isEqualTo(List.of());
        assertThat(value(new boolean[] {true})).isEqualTo(List.of(true));
        assertThat(value(new String[] {"a", null})).isEqualTo(Arrays.asList("a", null));
        assertThat(value(new int[][] {{1}, {}})).isEqualTo(List.of(List.of(1L), List.of()));
        assertThat(value(new LinkedHashSet<>(List.of("b", "a")))).isEqualTo(List.of("b", "a"));
        assertThat(value(new TreeMap<>(Map.of("b", 1, "a", 2)))).isEqualTo(Map.of("a", 2L, "b", 1L));
    }

    @Test
    void keepsNanosecondsToTheEdgesOfTime() {
        for (Instant instant : List.of(
                Instant.MIN,
                Instant.MAX,
                Instant.EPOCH,
                Instant.ofEpochSecond(-1, 1),
                Instant.ofEpochSecond(1, 999_999_999))) {
            assertThat(value(instant)).isEqualTo(instant);
        }
        for (Duration duration : List.of(
                Duration.ofSeconds(Long.MIN_VALUE),
                Duration.ofSeconds(Long.MAX_VALUE, 999_999_999),
                Duration.ofNanos(-1),
                Duration.ZERO)) {
            assertThat(value(duration)).isEqualTo(duration);
        }
    }

    @Test
    void keepsSpecialNumbersApart() {
        assertThat(value(1.0)).isEqualTo(1.0).isInstanceOf(Double.class);
        assertThat(Double.doubleToRawLongBits((Double) value(-0.0))).isEqualTo(Double.doubleToRawLongBits(-0.0));
        assertThat((Double) value(Double.longBitsToDouble(0x7ff8_0000_0000_0001L)))
                .isNaN();
        assertThat(value(new BigDecimal(BigInteger.ONE, Integer.MIN_VALUE)))
                .isEqualTo(new BigDecimal(BigInteger.ONE, Integer.MIN_VALUE));
        assertThat(value(new BigDecimal(BigInteger.valueOf(Long.MIN_VALUE), Integer.MAX_VALUE)))
                .isEqualTo(new BigDecimal(BigInteger.valueOf(Long.MIN_VALUE), Integer.MAX_VALUE));
    }

    /** Somebody's subclass, which must not live on in the data. */
    private static final class LoudInteger extends BigInteger {
        private static final long serialVersionUID = 1L;

        LoudInteger() {
            super("5");
        }
    }

    @Test
    void reducesSubclassesOfNumbersToTheirValue() {
        assertThat(codec.normalise(new LoudInteger()).get("value")).isExactlyInstanceOf(BigInteger.class);
        assertThat(value(new LoudInteger())).isEqualTo(BigInteger.valueOf(5));
    }

    @Test
    void copiesBytesInBothDirections() {
        byte[] bytes = {1, 2};
        Map<String, Object> normal = codec.normalise(bytes);
        byte[] encoded = codec.encode(bytes);
        bytes[0] = 9;
        assertThat((byte[]) normal.get("value")).containsExactly(1, 2);
        byte[] decoded = (byte[]) codec.decode(encoded, 0, encoded.length).get("value");
        encoded[encoded.length - 1] = 9;
        assertThat(decoded).containsExactly(1, 2);
    }

    @Test
    void givesUnmodifiableData() {
        var data = Map.of("map", Map.of("a", 1), "list", List.of(1));
        for (Map<String, Object> map : List.of(roundTrip(data), codec.normalise(data))) {
            assertUnmodifiable(() -> map.put("b", 1));
            assertUnmodifiable(() -> ((Map<?, ?>) map.get("map")).clear());
            assertUnmodifiable(() -> ((List<?>) map.get("list")).clear());
        }
    }

    private static void assertUnmodifiable(Runnable change) {
        assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(change::run);
    }

    @Test
    void readsFromTheMiddleOfAnArray() {
        byte[] encoded = codec.encode(Map.of("a", 1));
        byte[] around = new byte[encoded.length + 10];
        Arrays.fill(around, (byte) 0xff);
        System.arraycopy(encoded, 0, around, 4, encoded.length);
        assertThat(codec.decode(around, 4, encoded.length)).isEqualTo(Map.of("a", 1L));
    }

    @Test
    void goesThroughManySizesOfTextsAndContainers() {
        for (int size : new int[] {0, 1, 22, 23, 24, 63, 64, 65, 255, 256, 257, 4_000, 65_535, 65_536, 70_000}) {
            assertThat(value("x".repeat(size))).isEqualTo("x".repeat(size));
            assertThat(value("\u00e9\ud83d\ude00".repeat(size))).isEqualTo("\u00e9\ud83d\ude00".repeat(size));
            var map = new LinkedHashMap<String, Object>();
            var list = new ArrayList<Object>();
            for (int i = 0; i < size; i++) {
                map.put("k" + i, null);
                list.add((long) i);
            }
            assertThat(roundTrip(map)).isEqualTo(map);
            assertThat(value(list)).isEqualTo(list);
        }
    }

    private Object value(Object value) {
        Map<String, Object> data = roundTrip(value);
        assertThat(Data.comparable(codec.normalise(value))).isEqualTo(Data.comparable(data));
        return data.get("value") != null ? data.get("value") : data;
    }

    private Map<String, Object> roundTrip(Object data) {
        byte[] bytes = codec.encode(data);
        return codec.decode(bytes, 0, bytes.length);
    }
}
