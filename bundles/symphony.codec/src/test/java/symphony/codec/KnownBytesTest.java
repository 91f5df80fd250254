package symphony.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Bytes as RFC 8949 (appendix A, where it has the value in this form), RFC 9581 and the registry of tags give them. */
class KnownBytesTest {
    private final CodecEngine codec = new CodecEngine(CodecLimits.DEFAULT);

    static Stream<Arguments> values() {
        return Stream.of(
                Arguments.of(0L, "00"),
                Arguments.of(1L, "01"),
                Arguments.of(10L, "0a"),
                Arguments.of(23L, "17"),
                Arguments.of(24L, "1818"),
                Arguments.of(25L, "1819"),
                Arguments.of(100L, "1864"),
                Arguments.of(255L, "18ff"),
                Arguments.of(256L, "190100"),
                Arguments.of(1_000L, "1903e8"),
                Arguments.of(65_535L, "19ffff"),
                Arguments.of(65_536L, "1a00010000"),
                Arguments.of(1_000_000L, "1a000f4240"),
                Arguments.of(4_294_967_295L, "1affffffff"),
                Arguments.of(4_294_967_296L, "1b0000000100000000"),
                Arguments.of(1_000_000_000_000L, "1b000000e8d4a51000"),
                Arguments.of(Long.MAX_VALUE, "1b7fffffffffffffff"),
                Arguments.of(-1L, "20"),
                Arguments.of(-10L, "29"),
                Arguments.of(-100L, "3863"),
                Arguments.of(-1_000L, "3903e7"),
                Arguments.of(Long.MIN_VALUE, "3b7fffffffffffffff"),
                Arguments.of(new BigInteger("18446744073709551616"), "c249010000000000000000"),
                Arguments.of(new BigInteger("-18446744073709551617"), "c349010000000000000000"),
                Arguments.of(new BigInteger("18446744073709551615"), "c248ffffffffffffffff"),
                Arguments.of(new BigInteger("-18446744073709551616"), "c348ffffffffffffffff"),
                Arguments.of(BigInteger.ZERO, "c240"),
                Arguments.of(BigInteger.ONE, "c24101"),
                Arguments.of(BigInteger.ONE.negate(), "c340"),
                Arguments.of(BigInteger.valueOf(255), "c241ff"),
                Arguments.of(1.1, "fb3ff199999999999a"),
                Arguments.of(-4.1, "fbc010666666666666"),
                Arguments.of(1.0e+300, "fb7e37e43c8800759c"),
                Arguments.of(1.0, "fb3ff0000000000000"),
                Arguments.of(-0.0, "fb8000000000000000"),
                Arguments.of(Double.POSITIVE_INFINITY, "fb7ff0000000000000"),
                Arguments.of(Double.NEGATIVE_INFINITY, "fbfff0000000000000"),
                Arguments.of(Double.NaN, "fb7ff8000000000000"),
                Arguments.of(false, "f4"),
                Arguments.of(true, "f5"),
                Arguments.of(null, "f6"),
                Arguments.of(new byte[0], "40"),
                Arguments.of(new byte[] {1, 2, 3, 4}, "4401020304"),
                Arguments.of("", "60"),
                Arguments.of("a", "6161"),
                Arguments.of("IETF", "6449455446"),
                Arguments.of("\"\\", "62225c"),
                Arguments.of("\u00fc", "62c3bc"),
                Arguments.of("\u6c34", "63e6b0b4"),
                Arguments.of("\ud800\udd51", "64f0908591"),
                Arguments.of(List.of(), "80"),
                Arguments.of(List.of(1L, 2L, 3L), "83010203"),
                Arguments.of(List.of(1L, List.of(2L, 3L), List.of(4L, 5L)), "8301820203820405"),
                Arguments.of(Map.of(), "a0"),
                Arguments.of(Map.of("a", List.of("b", Map.of("c", "d"))), "a16161826162a161636164"),
                // 273.15, RFC 8949 §3.4.4
                Arguments.of(new BigDecimal("273.15"), "c48221196ab3"),
                Arguments.of(new BigDecimal("1E+2"), "c4820201"),
                Arguments.of(new BigDecimal("18446744073709551616"), "c48200c249010000000000000000"),
                Arguments.of(
                        UUID.fromString("00112233-4455-6677-8899-aabbccddeeff"),
                        "d8255000112233445566778899aabbccddeeff"),
                Arguments.of(Instant.ofEpochSecond(1_697_724_754, 873_294_000), "d903e9a2011a65313952281a340d68b0"),
                Arguments.of(Instant.ofEpochSecond(-1, 999_999_999), "d903e9a20120281a3b9ac9ff"),
                Arguments.of(Duration.ZERO, "d903eaa201002800"),
                Arguments.of(Duration.ofMillis(-1), "d903eaa20120281a3b8b87c0"));
    }

    @ParameterizedTest
    @MethodSource("values")
    void writesAndReadsExactlyTheseBytes(Object value, String hex) {
        byte[] bytes = HexFormat.of().parseHex("a16576616c7565" + hex);
        assertThat(HexFormat.of()
                        .formatHex(codec.encode(
                                new java.util.HashMap<>(java.util.Collections.singletonMap("value", value)))))
                .isEqualTo(HexFormat.of().formatHex(bytes));
        Object read = codec.decode(bytes, 0, bytes.length).get("value");
        assertThat(read).isEqualTo(value);
        if (value != null && !(value instanceof List) && !(value instanceof Map)) {
            assertThat(read).hasSameClassAs(value);
        }
    }

    @Test
    void writesLengthsOfTextsInTheShortestForm() {
        assertThat(head("x".repeat(23))).isEqualTo("77");
        assertThat(head("x".repeat(24))).isEqualTo("7818");
        assertThat(head("x".repeat(255))).isEqualTo("78ff");
        assertThat(head("x".repeat(256))).isEqualTo("790100");
        assertThat(head("x".repeat(65_536))).isEqualTo("7a00010000");
        // one character of two bytes moves the length over the boundary
        assertThat(head("x".repeat(22) + "\u00fc")).isEqualTo("7818");
    }

    private String head(String text) {
        byte[] bytes = codec.encode(text);
        String hex = HexFormat.of().formatHex(Arrays.copyOfRange(bytes, 7, 12));
        int first = Integer.parseInt(hex.substring(0, 2), 16) & 0x1f;
        int more = first < 24 ? 0 : 1 << first - 24;
        return hex.substring(0, 2 + 2 * more);
    }
}
