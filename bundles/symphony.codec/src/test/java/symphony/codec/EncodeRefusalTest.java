package symphony.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.LocalDate;
import java.util.AbstractList;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class EncodeRefusalTest {
    private final CodecEngine codec = new CodecEngine(CodecLimits.DEFAULT);

    static Stream<Arguments> foreign() {
        return Stream.of(
                Arguments.of(LocalDate.EPOCH, "java.time.LocalDate"),
                Arguments.of('c', "java.lang.Character"),
                Arguments.of(new char[] {'c'}, "char[]"),
                Arguments.of(Optional.of("x"), "java.util.Optional"),
                Arguments.of(new AtomicLong(1), "java.util.concurrent.atomic.AtomicLong"),
                Arguments.of(new StringBuilder("x"), "java.lang.StringBuilder"),
                Arguments.of(String.class, "java.lang.Class"),
                Arguments.of(Map.entry("a", 1), "java.util.KeyValueHolder"));
    }

    @ParameterizedTest
    @MethodSource("foreign")
    void namesPathAndTypeOfWhatEventsCannotCarry(Object value, String type) {
        var data = Map.of("items", List.of(1, 2, 3, Map.of("price", value)));
        refuses(data, "data.items[3].price: events cannot carry " + type + "; allowed are " + DataWalker.ALLOWED);
        refuses(value, "data.value: events cannot carry " + type);
    }

    @Test
    void refusesKeysThatAreNoStrings() {
        refuses(
                Map.of("a", Map.of(1, 2)),
                "data.a: a key of the map is of type java.lang.Integer; keys must be strings");
        refuses(Collections.singletonMap(null, 1), "data: a key of the map is null; keys must be strings");
    }

    @Test
    void refusesEqualKeysOfAnIdentityMap() {
        var map = new IdentityHashMap<String, Object>();
        map.put(new String("a"), 1);
        map.put(new String("a"), 2);
        refuses(map, "data: an IdentityHashMap holds equal keys twice");
    }

    @Test
    void shortensAndCleansKeysInPaths() {
        refuses(Map.of("k".repeat(100), 'c'), "data['" + "k".repeat(40) + "…']: events");
        refuses(Map.of("\u001b[31m", 'c'), "data['?[31m']: events");
        refuses(Map.of("", 'c'), "data['']: events");
        Object deep = 'c';
        for (int i = 0; i < 40; i++) {
            deep = Map.of("abcdefghi", deep);
        }
        refuses(deep, "data.abcdefghi.abcdefghi");
        refuses(deep, " … ");
        Object kept = deep;
        assertThatIllegalArgumentException()
                .isThrownBy(() -> codec.encode(kept))
                .satisfies(e -> assertThat(e.getMessage().indexOf(": events")).isLessThan(220));
    }

    @Test
    void findsCycles() {
        var map = new HashMap<String, Object>();
        var list = new ArrayList<Object>();
        map.put("list", list);
        list.add("x");
        list.add(map);
        refuses(map, "data.list[1]: the data is cyclic: the same HashMap lies 2 levels above");
        refuses(list, "data.value[1].list: the data is cyclic: the same ArrayList lies 2 levels above");
        Object[] self = new Object[1];
        self[0] = self;
        refuses(self, "data.value[0]: the data is cyclic: the same Object[] lies 1 levels above");
    }

    @Test
    void takesTheSameValueTwiceWhereItIsNoCycle() {
        var shared = List.of(1);
        assertThat(codec.normalise(Map.of("a", List.of(shared, shared))))
                .isEqualTo(Map.of("a", List.of(List.of(1L), List.of(1L))));
    }

    @Test
    void takes64LevelsAndRefuses65() {
        byte[] bytes = codec.encode(nested(64));
        assertThat(codec.decode(bytes, 0, bytes.length)).isEqualTo(codec.normalise(nested(64)));
        refuses(nested(65), "the data is nested more than 64 levels deep; depth.max in PID symphony.codec sets");
        codec.apply(new CodecLimits(1 << 20, 256));
        byte[] deepest = codec.encode(nested(256));
        codec.apply(CodecLimits.DEFAULT);
        assertThat(codec.decode(deepest, 0, deepest.length)).isNotEmpty();
    }

    private static Object nested(int levels) {
        Object data = 1;
        for (int i = 1; i < levels; i++) {
            data = i % 2 == 0 ? new Object[] {data} : Map.of("a", data);
        }
        return Map.of("b", data);
    }

    @Test
    void takesAsManyBytesAsAllowedAndNoneMore() {
        codec.apply(new CodecLimits(1_024, 64));
        int most = 1_024 - "_value___".length() - 1;
        assertThat(codec.encode("x".repeat(most))).hasSize(1_024);
        String reason =
                "the data is too large, encoded it has more than 1024 bytes; payload.max.bytes in PID symphony.codec";
        for (Object large : List.of(
                "x".repeat(most + 1),
                "\u00e9".repeat(most / 2 + 1),
                new byte[most + 1],
                Collections.nCopies(most + 1, null),
                Map.of("k".repeat(1_024), 1),
                "x".repeat(10_000_000))) {
            refuses(large, reason);
        }
        assertThat(codec.normalise("x".repeat(most))).hasSize(1);
    }

    @Test
    void takesOneMebibyteAndNotAByteMore() {
        int most = (1 << 20) - "_value_____".length() - 1;
        assertThat(codec.encode("x".repeat(most))).hasSize(1 << 20);
        refuses("x".repeat(most + 1), "encoded it has more than 1048576 bytes");
    }

    /** Each would take minutes, or more memory than there is, if it were walked or copied before it is refused. */
    @Test
    @Timeout(120)
    void refusesWhatIsMuchTooLargeAtOnce() {
        Object bush = "leaf";
        for (int i = 0; i < 60; i++) {
            bush = List.of(bush, bush);
        }
        var calls = new AtomicLong();
        for (Object huge : List.of(
                bush,
                Collections.nCopies(Integer.MAX_VALUE, "x"),
                new Endless(calls),
                BigInteger.ONE.shiftLeft(800_000_000),
                new BigDecimal(BigInteger.ONE.shiftLeft(800_000_000), 3),
                new boolean[5_000_000])) {
            refuses(Map.of("a", huge), "encoded it has more than 1048576 bytes");
        }
        assertThat(calls).hasValue(0);
    }

    /** A map of as many entries as an int can count. */
    private static final class Endless extends AbstractMap<String, Object> {
        private final AtomicLong calls;

        Endless(AtomicLong calls) {
            this.calls = calls;
        }

        @Override
        public int size() {
            return Integer.MAX_VALUE;
        }

        @Override
        public Set<Entry<String, Object>> entrySet() {
            calls.incrementAndGet();
            return Set.of();
        }
    }

    /** A collection that another thread changes while it is copied. */
    private static final class Torn extends AbstractList<Object> {
        @Override
        public int size() {
            return 1;
        }

        @Override
        public Object get(int index) {
            throw new IndexOutOfBoundsException("expected by the test");
        }
    }

    @Test
    void refusesHalfACharacter() {
        for (String half : List.of("\ud800", "a\udc00b", "\udc00\ud800", "\u00e9\ud800")) {
            refuses(Map.of("a", half), "data.a: the text has half a surrogate pair at position");
            refuses(Map.of(half, 1), "the text has half a surrogate pair at position");
        }
    }

    /** A map whose size is one thing and whose entries are another, as of one that other threads change. */
    private static final class Unsteady extends AbstractMap<String, Object> {
        private final int size;

        Unsteady(int size) {
            this.size = size;
        }

        @Override
        public int size() {
            return size;
        }

        @Override
        public Set<Entry<String, Object>> entrySet() {
            return Map.<String, Object>of("a", 1, "b", 2).entrySet();
        }
    }

    @Test
    void refusesDataThatChangesWhileItIsRead() {
        refuses(
                Map.of("m", new Unsteady(1)),
                "data.m: the " + Unsteady.class.getName() + " was changed while it was read");
        refuses(Map.of("m", new Unsteady(3)), "was changed while it was read");
        refuses(Map.of("l", new Torn()), "data.l: the " + Torn.class.getName() + " was changed while it was read");
        var map = new LinkedHashMap<String, Object>();
        map.put("a", new Object[] {new Changing(map)});
        map.put("b", 1);
        refuses(map, "data: the java.util.LinkedHashMap was changed while it was read");
    }

    /** Changes a map when it is read. */
    record Changing(Map<String, Object> target) {
        @Override
        public Map<String, Object> target() {
            target.put("c" + target.size(), 1);
            return Map.of();
        }
    }

    @Test
    void saysWhichCollectionFailsWhileItIsRead() {
        var noArray = new ArrayList<Object>() {
            @Override
            public Object[] toArray() {
                return null;
            }
        };
        var noEntries = new HashMap<String, Object>() {
            @Override
            public Set<Map.Entry<String, Object>> entrySet() {
                return null;
            }
        };
        var unsupported = new ArrayList<Object>() {
            @Override
            public Object[] toArray() {
                throw new UnsupportedOperationException();
            }
        };
        var empty = new BigInteger("7") {
            @Override
            public byte[] toByteArray() {
                return new byte[0];
            }
        };
        refuses(Map.of("a", List.of(noArray)), "data.a[0]: the ");
        refuses(Map.of("a", noArray), " fails while it is read, with java.lang.NullPointerException");
        refuses(Map.of("a", noEntries), " fails while it is read, with java.lang.NullPointerException");
        refuses(noEntries, "data: the ");
        refuses(unsupported, " fails while it is read, with java.lang.UnsupportedOperationException");
        refuses(Map.of("n", empty), " fails while it is read, with java.lang.NumberFormatException");
    }

    @Test
    void wantsData() {
        assertThatNullPointerException().isThrownBy(() -> codec.encode(null)).withMessage("data");
        assertThatNullPointerException().isThrownBy(() -> codec.normalise(null)).withMessage("data");
        assertThatNullPointerException()
                .isThrownBy(() -> codec.decode(null, 0, 0))
                .withMessage("bytes");
    }

    private void refuses(Object data, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> codec.encode(data))
                .withMessageContaining(message);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> codec.normalise(data))
                .withMessageContaining(message);
    }
}
