package symphony.codec;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;

/** Arbitrary event data, and how to compare it: {@code equals} knows neither arrays nor the difference of 1L and 1. */
final class Data {
    private static final int DEEPEST = 5;
    private static final int[] POINTS = {0x80, 0x800, 0x10000, Character.MAX_CODE_POINT + 1};
    private static final double[] REALS = {
        Double.NaN,
        -0.0,
        0.0,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        Double.MIN_VALUE,
        Double.MAX_VALUE,
        1.0
    };

    private Data() {}

    /** Nested maps, smaller and larger, of all types that events carry. */
    static Arbitrary<Map<String, Object>> maps() {
        return Arbitraries.randomValue(random -> map(random, 1));
    }

    /** One of each type that events carry. */
    static Arbitrary<Object> scalars() {
        return Arbitraries.randomValue(Data::scalar);
    }

    private static Map<String, Object> map(Random random, int depth) {
        var map = new LinkedHashMap<String, Object>();
        for (int i = random.nextInt(6); i > 0; i--) {
            map.put(text(random, 30), value(random, depth));
        }
        return map;
    }

    private static List<Object> list(Random random, int depth) {
        var list = new ArrayList<Object>();
        for (int i = random.nextInt(5); i > 0; i--) {
            list.add(value(random, depth));
        }
        return list;
    }

    private static Object value(Random random, int depth) {
        int kind = depth == DEEPEST ? 2 : random.nextInt(6);
        return switch (kind) {
            case 0 -> map(random, depth + 1);
            case 1 -> list(random, depth + 1);
            default -> scalar(random);
        };
    }

    private static Object scalar(Random random) {
        return switch (random.nextInt(12)) {
            case 0 -> text(random, 300);
            case 1 -> random.nextBoolean();
            case 2 -> whole(random);
            case 3 -> Double.longBitsToDouble(random.nextLong());
            case 4 -> REALS[random.nextInt(REALS.length)];
            case 5 -> bigInteger(random);
            case 6 -> new BigDecimal(bigInteger(random), (int) (whole(random) % 5_000));
            case 7 -> bytes(random);
            case 8 -> Instant.ofEpochSecond(whole(random) % Instant.MAX.getEpochSecond(), random.nextInt(Cbor.NANOS));
            case 9 -> Duration.ofSeconds(whole(random), random.nextInt(Cbor.NANOS));
            case 10 -> new UUID(random.nextLong(), random.nextLong());
            default -> null;
        };
    }

    /** All widths alike, and often beside a boundary of two. */
    private static long whole(Random random) {
        long value =
                random.nextBoolean() ? random.nextLong() : (1L << random.nextInt(Long.SIZE)) + random.nextInt(3) - 1;
        return (value >>> random.nextInt(Long.SIZE)) * (random.nextBoolean() ? 1 : -1);
    }

    private static BigInteger bigInteger(Random random) {
        var wide = new BigInteger(random.nextInt(300), random);
        return random.nextBoolean() ? BigInteger.valueOf(whole(random)) : random.nextBoolean() ? wide : wide.negate();
    }

    private static byte[] bytes(Random random) {
        byte[] bytes = new byte[random.nextInt(300)];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Characters of one to four bytes in UTF-8, none of them half a pair. */
    private static String text(Random random, int mostChars) {
        var text = new StringBuilder();
        int widest = POINTS[random.nextBoolean() ? 0 : random.nextInt(POINTS.length)];
        for (int i = random.nextInt(mostChars); i > 0; i--) {
            int point = random.nextInt(widest);
            boolean half = point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
            text.appendCodePoint(half ? ' ' : point);
        }
        return text.toString();
    }

    /** Data in a form in which equal means: same types, same values, same order of keys. */
    static Object comparable(Object value) {
        if (value instanceof Map<?, ?> map) {
            var entries = new ArrayList<Object>();
            map.forEach((key, entry) -> entries.add(List.of(key, comparable(entry))));
            return List.of("map", entries);
        }
        if (value instanceof List<?> list) {
            return List.of("list", list.stream().map(Data::comparable).toList());
        }
        if (value instanceof byte[] bytes) {
            return List.of("bytes", new BigInteger(1, bytes), bytes.length);
        }
        return value == null ? "null" : List.of(value.getClass().getName(), value);
    }
}
