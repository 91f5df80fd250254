package symphony.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever the bytes: a value that would be written as these very bytes, or an {@code IllegalArgumentException}. */
class HostileBytesTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** A record with containers of everything, so that typed reading is attacked, too. */
    record Target(String a, List<List<Integer>> b, Map<String, Target> c, Set<Object> d, int[] e, Target f, Object g) {}

    private final CodecEngine codec = new CodecEngine(CodecLimits.DEFAULT);

    @Provide
    Arbitrary<Map<String, Object>> data() {
        return Data.maps();
    }

    @Property
    void refusesOrReadsExactlyRandomBytes(@ForAll byte[] bytes) {
        check(bytes);
        byte[] map = new byte[bytes.length + 3];
        System.arraycopy(bytes, 0, map, 3, bytes.length);
        map[0] = (byte) 0xa1;
        map[1] = 0x61;
        map[2] = 'b';
        check(map);
    }

    @Property(tries = 15)
    void refusesEveryTruncationAndEveryAppendedByte(@ForAll("data") Map<String, Object> data, @ForAll byte more) {
        byte[] whole = codec.encode(data);
        for (int length = 0; length < whole.length; length++) {
            byte[] part = Arrays.copyOf(whole, length);
            assertThat(isRefused(part))
                    .as("the first %d of %s", length, hex(whole))
                    .isTrue();
        }
        byte[] longer = Arrays.copyOf(whole, whole.length + 1);
        longer[whole.length] = more;
        assertThat(isRefused(longer)).as(hex(longer)).isTrue();
    }

    @Property(tries = 40)
    void refusesOrReadsExactlyMutatedBytes(@ForAll("data") Map<String, Object> data, @ForAll long seed) {
        byte[] whole = codec.encode(data);
        var random = new Random(seed);
        for (int i = 0; i < 100; i++) {
            byte[] mutated = whole.clone();
            for (int n = random.nextInt(3); n >= 0; n--) {
                mutated[random.nextInt(mutated.length)] = (byte) random.nextInt();
            }
            check(mutated);
        }
    }

    /** Bytes full of heads that mean something reach deeper than random ones. */
    @Property(tries = 1_000)
    void refusesOrReadsExactlyBytesMadeOfHeads(@ForAll long seed) {
        String[] heads = {
            "a0",
            "a1",
            "a2",
            "bf",
            "ff",
            "80",
            "81",
            "82",
            "9f",
            "60",
            "61",
            "6161",
            "6162",
            "7f",
            "40",
            "41",
            "5f",
            "00",
            "01",
            "17",
            "18",
            "1818",
            "19",
            "1a",
            "1b",
            "1bffffffffffffffff",
            "3b",
            "20",
            "28",
            "c2",
            "c240",
            "c3",
            "c4",
            "c48200",
            "d825",
            "d82550",
            "d903e9",
            "d903e9a201",
            "d903ea",
            "d9d9f7",
            "f4",
            "f6",
            "f7",
            "f9",
            "fa",
            "fb",
            "f800",
            "5b7f",
            "9b00",
            "bb00",
            "7b00"
        };
        var random = new Random(seed);
        var text = new StringBuilder("a161").append(random.nextBoolean() ? "61" : "62");
        for (int i = random.nextInt(12); i >= 0; i--) {
            text.append(heads[random.nextInt(heads.length)]);
        }
        check(HexFormat.of().parseHex(text));
    }

    @ParameterizedTest
    @CsvSource({
        "'', end in the middle",
        "00, is no map",
        "80, is no map",
        "f6, is no map",
        "c1a0, is no map",
        "d9d9f7a0, is no map",
        "bfff, indefinite length",
        "a1616101a0, follows after the end",
        "a1616100ff, follows after the end",
        "a1016161, is a key that is no text",
        "a1f6f6, is a key that is no text",
        "a2616101616101, a key that was there before",
        "a17f6161ff00, indefinite length",
        "a161617f6161ff, indefinite length",
        "a161615f4101ff, indefinite length",
        "a161619fff, indefinite length",
        "a16161bfff, indefinite length",
        "a16161ff, ends something of indefinite length",
        "a161611801, not in its shortest form",
        "a161611817, not in its shortest form",
        "a161611900ff, not in its shortest form",
        "a161611a0000ffff, not in its shortest form",
        "a161611b00000000ffffffff, not in its shortest form",
        "a161613817, not in its shortest form",
        "a16161780161, not in its shortest form",
        "b801616101, not in its shortest form",
        "a161615801ff, not in its shortest form",
        "a16161d80240, not in its shortest form",
        "a161611c, is reserved",
        "a161611bffffffffffffffff, more than 64 bits",
        "a161613bffffffffffffffff, more than 64 bits",
        "a161611b8000000000000000, more than 64 bits",
        "a16161f0, simple value",
        "a16161f7, simple value",
        "a16161f820, simple value",
        "a16161f93c00, short float",
        "a16161fa3f800000, short float",
        "a16161fb7ff8000000000001, unusual NaN",
        "a16161fbfff8000000000000, unusual NaN",
        "a161615bffffffffffffffff, announces more",
        "a161615b7fffffffffffffff, announces more",
        "a161615a7fffffff, announces more",
        "a161617b7fffffffffffffff, announces more",
        "a161619b7fffffffffffffff, announces more",
        "a16161bb7fffffffffffffff, announces more",
        "bbffffffffffffffff, announces more",
        "a16161c001, is tag 0",
        "a16161c101, is tag 1",
        "a16161dbffffffffffffffff01, is tag 18446744073709551615",
        "a16161c201, does not belong to it",
        "a16161c2c240, does not belong to it",
        "a16161c24100, leading zeros",
        "a16161c3420001, leading zeros",
        "a16161c401, does not belong to it",
        "a16161c48101, does not belong to it",
        "a16161c483010101, does not belong to it",
        "a16161c4820160, does not belong to it",
        "a16161c4826001, does not belong to it",
        "a16161c4820001ff, follows after the end",
        "a16161c4821a8000000101, exponent is out of range",
        "a16161c482 00c24101, not in its shortest form",
        "a16161c48200c4820101, mantissa is no integer",
        "a16161d82550000102, does not belong to it",
        "a16161d8254100, does not belong to it",
        "a16161d903e900, does not belong to it",
        "a16161d903e9a0, does not belong to it",
        "a16161d903e9a10100, does not belong to it",
        "a16161d903e9a228000100, other keys",
        "a16161d903e9a201000100, other keys",
        "a16161d903e9a201002820, out of range",
        "a16161d903e9a20100281a3b9aca00, out of range",
        "a16161d903e9a2011b7fffffffffffffff2800, out of range",
        "a16161d903eaa20100281a3b9aca00, out of range",
        "a1616162c081, not valid UTF-8",
        "a1616163eda080, not valid UTF-8",
        "a1616164f4908080, not valid UTF-8",
        "a1616161ff, not valid UTF-8",
        "a1616162c3c3, not valid UTF-8",
        "a162c08100, not valid UTF-8"
    })
    void saysWhatIsWrong(String hex, String reason) {
        byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> codec.decode(bytes, 0, bytes.length))
                .withMessageStartingWith("data")
                .withMessageContaining(reason);
        check(bytes);
    }

    @Test
    void saysWhere() {
        // {"items": [{}, {"price": tag 1 around 0}]}
        byte[] bytes = HexFormat.of().parseHex("a1656974656d7382a0a1657072696365c100");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> codec.decode(bytes, 0, bytes.length))
                .withMessage("data.items[1].price: byte 16 of 18 is tag 1, which events do not have");
    }

    @Test
    void readsTheReplacementCharacterItself() {
        byte[] bytes = codec.encode(Map.of("a", "\ufffd"));
        assertThat(codec.decode(bytes, 0, bytes.length)).isEqualTo(Map.of("a", "\ufffd"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"81", "a16161", "c2", "d903e9", "9f", "bf6161", "c482", "5f", "d825"})
    @Timeout(120)
    void survivesDeepNesting(String level) {
        byte[] bytes = HexFormat.of().parseHex("a16162" + level.repeat(100_000) + "00");
        assertThat(isRefused(bytes)).isTrue();
    }

    @Test
    void readsUpTo256LevelsWhateverIsConfigured() {
        byte[] deep = HexFormat.of().parseHex("a16162" + "81".repeat(255) + "00");
        assertThat(codec.decode(deep, 0, deep.length)).containsOnlyKeys("b");
        byte[] deeper = HexFormat.of().parseHex("a16162" + "81".repeat(256) + "00");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> codec.decode(deeper, 0, deeper.length))
                .withMessageContaining("nested more than 256 levels deep");
    }

    /** Lists in lists, each of which claims all bytes that are left: allocation must not follow what they say. */
    @ParameterizedTest
    @ValueSource(strings = {"9a000f0000", "ba00070000", "9a000f00006161", "ba000700006161"})
    @Timeout(120)
    void allocatesInProportionToTheInputAlone(String level) {
        byte[] bytes = Arrays.copyOf(HexFormat.of().parseHex("a16162" + level.repeat(250)), 1 << 20);
        long before = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
        assertThatIllegalArgumentException().isThrownBy(() -> codec.decode(bytes, 0, bytes.length));
        long allocated = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
        // The innermost list is true, a million elements long, and grows; 250 believed ones would be a gigabyte.
        assertThat(allocated).isLessThan(32L << 20);
    }

    @Test
    @Timeout(120)
    void readsTheDensestInputInBoundedTimeAndSpace() {
        // a megabyte of one-entry maps: what needs most memory for each byte
        int count = (1 << 20) / 3 - 4;
        var text = new StringBuilder("a161629a")
                .append(String.format("%08x", count))
                .append("a160f6".repeat(count));
        byte[] bytes = HexFormat.of().parseHex(text);
        long before = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
        codec.decode(bytes, 0, bytes.length);
        long allocated = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
        assertThat(allocated).isLessThan(128L << 20);
    }

    @Test
    void refusesARangeOutsideOfTheArray() {
        byte[] bytes = codec.encode(Map.of());
        for (int[] range : new int[][] {{-1, 1}, {0, 2}, {1, 1}, {0, -1}, {2, 0}, {1, Integer.MAX_VALUE}}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> codec.decode(bytes, range[0], range[1]))
                    .withMessageContaining("do not lie within 1");
        }
    }

    private boolean isRefused(byte[] bytes) {
        boolean refused;
        try {
            codec.decode(bytes, 0, bytes.length);
            refused = false;
        } catch (IllegalArgumentException e) {
            refused = true;
        }
        checkTyped(bytes, refused);
        return refused;
    }

    private void check(byte[] bytes) {
        try {
            Map<String, Object> data = codec.decode(bytes, 0, bytes.length);
            byte[] again =
                    new CodecEngine(new CodecLimits(CodecLimits.MOST_BYTES, CodecLimits.MOST_DEPTH)).encode(data);
            assertThat(hex(again)).isEqualTo(hex(bytes));
        } catch (IllegalArgumentException e) {
            checkTyped(bytes, true);
            return;
        }
        checkTyped(bytes, false);
    }

    /** Typed reading must refuse all that untyped reading does; more, where the data is good but does not fit. */
    private void checkTyped(byte[] bytes, boolean refused) {
        for (Class<?> type : List.of(Target.class, String.class, Map.class, int[].class)) {
            try {
                codec.decode(bytes, 0, bytes.length, type);
                if (refused) {
                    fail("as %s it is read: %s", type, hex(bytes));
                }
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageStartingWith("data");
            }
        }
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
