package symphony.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TypedReadingTest {
    private final CodecEngine codec = new CodecEngine(CodecLimits.DEFAULT);

    enum Status {
        NEW,
        PAID {
            @Override
            public String toString() {
                return "paid";
            }
        }
    }

    record Line(String sku, int count, BigDecimal price) {}

    record Order(UUID id, Status status, List<Line> lines, Map<String, Line> bySku, Instant at, Duration within) {}

    record Primitives(boolean a, byte b, short c, int d, long e, float f, double g) {}

    record Wrappers(Boolean a, Byte b, Short c, Integer d, Long e, Float f, Double g) {}

    record Collections3(Collection<String> a, Set<Integer> b, List<List<Map<String, Set<Status>>>> c) {}

    record Arrays3(int[] a, String[] b, byte[] c, Line[] d, int[][] e, List<Integer>[] f) {}

    @SuppressWarnings("rawtypes")
    record Loose(Object a, List b, Map c, List<?> d, Map<String, ? extends Number> e, List<? extends Integer> f) {}

    record Node(String name, Node next, List<Node> children) {}

    record Empty() {}

    record Big(BigInteger whole, BigDecimal real) {}

    private record Hidden(int a) {}

    record Choosy(int amount) {
        Choosy {
            if (amount < 0) {
                throw new IllegalStateException("amount is negative");
            }
        }
    }

    record Broken(int amount) {
        @SuppressWarnings("unused")
        public int amount() {
            throw new UnsupportedOperationException("not today");
        }
    }

    record Deadly(int amount) {
        Deadly {
            if (amount == 13) {
                throw new InternalError("the machine is broken");
            }
        }
    }

    private static final Order ORDER = new Order(
            new UUID(1, 2),
            Status.PAID,
            List.of(new Line("a", 2, new BigDecimal("1.50")), new Line("b", 1, BigDecimal.TEN)),
            Map.of("a", new Line("a", 2, null)),
            Instant.ofEpochSecond(1, 234_567_891),
            Duration.ofNanos(-7));

    @Test
    void fillsNestedRecords() {
        assertThat(as(ORDER, Order.class)).isEqualTo(ORDER);
        assertThat(as(new Hidden(5), Hidden.class)).isEqualTo(new Hidden(5));
        assertThat(as(new Empty(), Empty.class)).isEqualTo(new Empty());
        var tree = new Node("a", new Node("b", null, List.of()), List.of(new Node("c", null, null)));
        assertThat(as(tree, Node.class)).isEqualTo(tree);
    }

    @Test
    void fillsEachPrimitiveTypeAndItsWrapperUpToTheirEdges() {
        var least = new Primitives(
                false,
                Byte.MIN_VALUE,
                Short.MIN_VALUE,
                Integer.MIN_VALUE,
                Long.MIN_VALUE,
                -Float.MAX_VALUE,
                Double.NaN);
        var most = new Primitives(
                true, Byte.MAX_VALUE, Short.MAX_VALUE, Integer.MAX_VALUE, Long.MAX_VALUE, Float.NaN, Double.MAX_VALUE);
        for (Primitives primitives : List.of(least, most)) {
            assertThat(as(primitives, Primitives.class)).isEqualTo(primitives);
            Wrappers wrappers = as(primitives, Wrappers.class);
            assertThat(as(wrappers, Primitives.class)).isEqualTo(primitives);
        }
        var nothing = new Wrappers(null, null, null, null, null, null, null);
        assertThat(as(nothing, Wrappers.class)).isEqualTo(nothing);
        assertThat(as(Map.of(), Wrappers.class)).isEqualTo(nothing);
    }

    @Test
    void fillsCollectionsOfElementsOfTheirType() {
        var value = new Collections3(List.of("a"), Set.of(1, 2), List.of(List.of(Map.of("x", Set.of(Status.NEW)))));
        Collections3 read = as(value, Collections3.class);
        assertThat(read).isEqualTo(value);
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> read.a().clear());
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> read.b().clear());
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> read.c().clear());
    }

    @Test
    void fillsArrays() {
        var data = new LinkedHashMap<String, Object>();
        data.put("a", List.of(1, 2));
        data.put("b", Arrays.asList("x", null));
        data.put("c", new byte[] {3});
        data.put("d", List.of(new Line("a", 1, null)));
        data.put("e", List.of(List.of(), List.of(4)));
        data.put("f", List.of(List.of(5)));
        Arrays3 read = as(data, Arrays3.class);
        assertThat(read.a()).containsExactly(1, 2);
        assertThat(read.b()).containsExactly("x", null);
        assertThat(read.c()).containsExactly(3);
        assertThat(read.d()).containsExactly(new Line("a", 1, null));
        assertThat(read.e()).isDeepEqualTo(new int[][] {{}, {4}});
        assertThat(read.f()).containsExactly(List.of(5));
    }

    @Test
    void fillsLooseTypesWithWhatIsThere() {
        var data = Map.of(
                "a",
                Map.of("x", 1),
                "b",
                List.of("y", 2),
                "c",
                Map.of("z", 3),
                "d",
                List.of(4),
                "e",
                Map.of("w", 1.5f, "v", 2),
                "f",
                List.of(5));
        Loose read = as(data, Loose.class);
        assertThat(read.a()).isEqualTo(Map.of("x", 1L));
        assertThat((Object) read.b()).isEqualTo(List.of("y", 2L));
        assertThat((Object) read.c()).isEqualTo(Map.of("z", 3L));
        assertThat(read.d()).isEqualTo(List.of(4L));
        assertThat((Object) read.e()).isEqualTo(Map.of("w", 1.5, "v", 2L));
        assertThat(read.f()).isEqualTo(List.of(5));
    }

    @Test
    void widensOnlyWhereNothingIsLost() {
        assertThat(as(
                        Map.of("a", true, "b", 1, "c", 1, "d", 1, "e", 1, "f", 16_777_216, "g", 1L << 53),
                        Primitives.class))
                .isEqualTo(new Primitives(true, (byte) 1, (short) 1, 1, 1, 16_777_216f, 0x1p53));
        assertThat(as(Map.of("whole", 5, "real", 5), Big.class))
                .isEqualTo(new Big(BigInteger.valueOf(5), BigDecimal.valueOf(5)));
        assertThat(as(Map.of("real", BigInteger.TEN), Big.class)).isEqualTo(new Big(null, BigDecimal.TEN));
    }

    static Stream<Arguments> narrowings() {
        return Stream.of(
                Arguments.of(
                        "b",
                        128,
                        "data.b: is Long, expected is byte; the value is out of its range or would lose digits"),
                Arguments.of("b", -129, "expected is byte"),
                Arguments.of("c", 32_768, "expected is short"),
                Arguments.of("d", 1L << 31, "expected is int"),
                Arguments.of("e", 1.0, "data.e: is Double, expected is long"),
                Arguments.of("e", BigInteger.ONE, "data.e: is BigInteger, expected is long"),
                Arguments.of("f", 0.1, "data.f: is Double, expected is float"),
                Arguments.of("f", 1e300, "data.f: is Double, expected is float"),
                Arguments.of("f", 16_777_217, "data.f: is Long, expected is float"),
                Arguments.of("g", (1L << 53) + 1, "data.g: is Long, expected is double"),
                Arguments.of("g", Long.MAX_VALUE, "data.g: is Long, expected is double"),
                Arguments.of("g", BigDecimal.ONE, "data.g: is BigDecimal, expected is double"),
                Arguments.of("a", "true", "data.a: is String, expected is boolean"),
                Arguments.of("a", List.of(), "data.a: is a List, expected is boolean"),
                Arguments.of("a", Map.of(), "data.a: is a Map, expected is boolean"),
                Arguments.of("d", null, "data.d: is null, expected is int"));
    }

    @ParameterizedTest
    @MethodSource("narrowings")
    void refusesToNarrow(String key, Object value, String message) {
        refuses(Collections.singletonMap(key, value), Primitives.class, message);
    }

    @Test
    void refusesADecimalMadeOfADouble() {
        refuses(Map.of("real", 0.1), Big.class, "data.real: is Double, expected is BigDecimal");
        refuses(Map.of("whole", BigDecimal.ONE), Big.class, "data.whole: is BigDecimal, expected is BigInteger");
    }

    @Test
    void namesAMissingPrimitive() {
        refuses(
                Map.of("sku", "a"),
                Line.class,
                "data.count: is missing, expected is int for record " + Line.class.getName());
        refuses(
                Map.of("lines", List.of(Map.of("count", 1), Map.of())),
                Order.class,
                "data.lines[1].count: is missing, expected is int for record " + Line.class.getName());
    }

    @Test
    void leavesWhatIsMissingNullAndIgnoresWhatIsUnknown() {
        var data = new LinkedHashMap<String, Object>();
        data.put("later", Map.of("x", List.of(1)));
        data.put("count", 3);
        data.put("price", null);
        data.put("Sku", "not this one");
        assertThat(as(data, Line.class)).isEqualTo(new Line(null, 3, null));
    }

    @Test
    void saysWhatWasFoundInsteadOfAContainer() {
        refuses(Map.of("lines", "x"), Order.class, "data.lines: is String, expected is java.util.List<");
        refuses(
                Map.of("lines", List.of("x")),
                Order.class,
                "data.lines[0]: is String, expected is a Map for record " + Line.class.getName());
        refuses(Map.of("bySku", List.of()), Order.class, "data.bySku: is a List, expected is a Map");
        refuses(Map.of("bySku", Map.of("a b", 1)), Order.class, "data.bySku['a b']: is Long");
        refuses(Map.of("a", 1), Arrays3.class, "data.a: is Long, expected is int[]");
        refuses(Map.of("a", Arrays.asList(1, null)), Arrays3.class, "data.a[1]: is null, expected is int");
        refuses(Map.of("e", Map.of("x", "1")), Loose.class, "data.e.x: is String, expected is Number");
        refuses(Map.of("b", List.of(1, 1)), Collections3.class, "data.b: has an element twice, expected is a Set");
    }

    @Test
    void readsEnumsByNameAndListsThemOtherwise() {
        assertThat(as("SECONDS", TimeUnit.class)).isEqualTo(TimeUnit.SECONDS);
        assertThat(as(Status.PAID, Status.class)).isEqualTo(Status.PAID);
        refuses(
                Map.of("status", "OLD"),
                Order.class,
                "data.status: is no constant of enum " + Status.class.getName() + ", which has one of NEW, PAID");
        refuses(Map.of("status", 1), Order.class, "data.status: is Long, expected is enum " + Status.class.getName());
    }

    @Test
    void passesOnWhyARecordRefusesItsComponents() {
        byte[] bytes = codec.encode(Map.of("amount", -1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> codec.decode(bytes, 0, bytes.length, Choosy.class))
                .withMessage("data: record " + Choosy.class.getName()
                        + " refuses it: java.lang.IllegalStateException: amount is negative")
                .withCauseInstanceOf(IllegalStateException.class);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> codec.encode(Map.of("x", new Broken(1))))
                .withMessage("data.x.amount: the accessor in record " + Broken.class.getName()
                        + " threw java.lang.UnsupportedOperationException")
                .withCauseInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void letsErrorsOfTheMachineThrough() {
        byte[] bytes = codec.encode(Map.of("amount", 13));
        assertThatExceptionOfType(InternalError.class)
                .isThrownBy(() -> codec.decode(bytes, 0, bytes.length, Deadly.class));
    }

    record WithOptional(Optional<String> a) {}

    record WithChar(List<char[]> a) {}

    record WithKeys(Map<Integer, String> a) {}

    record Generic<T>(T a) {}

    record WithGeneric(Generic<String> a) {}

    record WithVariable<T>(List<T> a) {}

    @Test
    void refusesTypesThatDataCannotFill() {
        refuses(
                Map.of(),
                WithOptional.class,
                "component a of record " + WithOptional.class.getName()
                        + " has type java.util.Optional<java.lang.String>, which data cannot fill; allowed are primitive");
        refuses(Map.of(), WithChar.class, "has type char[], which data cannot fill");
        refuses(Map.of(), WithKeys.class, "keys of data are strings, write Map<String, …>");
        refuses(Map.of(), Generic.class, "has type parameters");
        refuses(Map.of(), WithGeneric.class, "which data cannot fill");
        refuses(Map.of(), WithVariable.class, "has type parameters");
        refuses(Map.of(), Runnable.class, "has type java.lang.Runnable, which data cannot fill");
        // but they can be published
        assertThat(codec.normalise(new Generic<>("x"))).isEqualTo(Map.of("a", "x"));
    }

    @Test
    void readsSingleValues() {
        assertThat(as("x", String.class)).isEqualTo("x");
        assertThat(as(5, Integer.class)).isEqualTo(5);
        assertThat(as(5, int.class)).isEqualTo(5);
        assertThat(as(5, BigDecimal.class)).isEqualTo(BigDecimal.valueOf(5));
        assertThat(as(new byte[] {1}, byte[].class)).containsExactly(1);
        assertThat(as(List.of(1, 2), int[].class)).containsExactly(1, 2);
        assertThat((Object) as(List.of(1), List.class)).isEqualTo(List.of(1L));
        assertThat(as(Instant.EPOCH, Instant.class)).isEqualTo(Instant.EPOCH);
        assertThat(as(List.of(new Hidden(1)), Hidden[].class)).containsExactly(new Hidden(1));
        assertThat(as(Collections.singletonMap("value", null), String.class)).isNull();
    }

    @Test
    void givesTheMapForMapAndObject() {
        assertThat((Object) as(Map.of("a", 1), Map.class)).isEqualTo(Map.of("a", 1L));
        assertThat(as(Map.of("a", 1), Object.class)).isEqualTo(Map.of("a", 1L));
    }

    @Test
    void saysWhatTheDataHasWhenItIsNoSingleValue() {
        refuses(
                new Hidden(1),
                String.class,
                "data: is no single String under the key value, it has the keys a; ask for a record or a Map");
        refuses(Map.of(), String.class, "it has no entries");
        refuses("x", Integer.class, "data.value: is String, expected is Integer");
        refuses(Collections.singletonMap("value", null), int.class, "data.value: is null, expected is int");
    }

    private <T> T as(Object data, Class<T> type) {
        byte[] bytes = codec.encode(data);
        return codec.decode(bytes, 0, bytes.length, type);
    }

    private void refuses(Object data, Class<?> type, String message) {
        assertThatIllegalArgumentException().isThrownBy(() -> as(data, type)).withMessageContaining(message);
    }
}
