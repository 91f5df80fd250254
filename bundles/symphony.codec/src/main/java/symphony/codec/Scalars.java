package symphony.codec;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Readers of single values. Conversions are those that lose nothing and that only widen: whole numbers into any whole or real
 * type that holds them exactly, {@code BigInteger} into {@code BigDecimal}, and a {@code Double} that came from a {@code float}
 * back into one. A {@code Double} does not become a {@code BigDecimal}: it would show digits that nobody wrote.
 */
final class Scalars {
    private static final int MOST_CONSTANTS = 12;
    private static final double TWO_TO_63 = 0x1p63;

    private static final Map<Class<?>, TypeReader> READERS = readers();

    private Scalars() {}

    /** The reader of a type, null if the type is no single value. */
    static TypeReader of(Class<?> type) {
        return type.isEnum() ? constant(type) : READERS.get(type);
    }

    /** What a decoded value is, for messages. */
    static String name(Object value) {
        if (value instanceof Map) {
            return "a Map";
        }
        if (value instanceof List) {
            return "a List";
        }
        return value == null ? "null" : value.getClass().getSimpleName();
    }

    private static Map<Class<?>, TypeReader> readers() {
        var readers = new HashMap<Class<?>, TypeReader>();
        for (Class<?> type : List.of(String.class, byte[].class, Instant.class, Duration.class, UUID.class)) {
            add(readers, type, value -> type.isInstance(value) ? value : null);
        }
        add(readers, BigInteger.class, Scalars::whole);
        add(readers, BigDecimal.class, Scalars::decimal);
        add(readers, Number.class, value -> value instanceof Number ? value : null);
        add(readers, Object.class, value -> value);
        both(readers, boolean.class, Boolean.class, value -> value instanceof Boolean ? value : null);
        both(
                readers,
                byte.class,
                Byte.class,
                value -> value instanceof Long w && w == w.byteValue() ? w.byteValue() : null);
        both(
                readers,
                short.class,
                Short.class,
                value -> value instanceof Long w && w == w.shortValue() ? w.shortValue() : null);
        both(
                readers,
                int.class,
                Integer.class,
                value -> value instanceof Long w && w == w.intValue() ? w.intValue() : null);
        both(readers, long.class, Long.class, value -> value instanceof Long ? value : null);
        both(readers, float.class, Float.class, Scalars::single);
        both(readers, double.class, Double.class, Scalars::real);
        return Map.copyOf(readers);
    }

    private static void add(Map<Class<?>, TypeReader> readers, Class<?> type, Function<Object, Object> convert) {
        readers.put(type, new Scalar(type, convert));
    }

    private static void both(
            Map<Class<?>, TypeReader> readers, Class<?> primitive, Class<?> wrapper, Function<Object, Object> convert) {
        add(readers, primitive, convert);
        add(readers, wrapper, convert);
    }

    private static Object whole(Object value) {
        if (value instanceof Long whole) {
            return BigInteger.valueOf(whole);
        }
        return value instanceof BigInteger ? value : null;
    }

    private static Object decimal(Object value) {
        if (value instanceof Long whole) {
            return BigDecimal.valueOf(whole);
        }
        if (value instanceof BigInteger whole) {
            return new BigDecimal(whole);
        }
        return value instanceof BigDecimal ? value : null;
    }

    private static Object real(Object value) {
        if (value instanceof Long whole) {
            double real = whole;
            return exact(real, whole) ? real : null;
        }
        return value instanceof Double ? value : null;
    }

    private static Object single(Object value) {
        if (value instanceof Long whole) {
            float real = whole;
            return exact(real, whole) ? real : null;
        }
        // compare, not ==, so that NaN fits
        return value instanceof Double real && Double.compare((double) real.floatValue(), real) == 0
                ? real.floatValue()
                : null;
    }

    /** The largest {@code long} becomes 2^63, which the way back would hide. */
    private static boolean exact(double real, long whole) {
        return real < TWO_TO_63 && (long) real == whole;
    }

    private static TypeReader constant(Class<?> type) {
        Map<String, Object> constants = Arrays.stream(type.getEnumConstants())
                .collect(Collectors.toUnmodifiableMap(constant -> ((Enum<?>) constant).name(), constant -> constant));
        String names = Arrays.stream(type.getEnumConstants())
                .limit(MOST_CONSTANTS)
                .map(constant -> ((Enum<?>) constant).name())
                .collect(Collectors.joining(", ", "one of ", constants.size() > MOST_CONSTANTS ? ", …" : ""));
        return in -> {
            Object value = in.any();
            Object constant = value instanceof String name ? constants.get(name) : null;
            if (constant == null && value != null) {
                String what = value instanceof String ? "is no constant of " : "is " + name(value) + ", expected is ";
                throw new Mismatch(what + "enum " + type.getName() + ", which has " + names);
            }
            return constant;
        };
    }

    /**
     * A type and how values become it.
     *
     * @param type what results, for messages; for a primitive type its wrapper results
     * @param convert gives null for what does not fit
     */
    private record Scalar(Class<?> type, Function<Object, Object> convert) implements TypeReader {
        @Override
        public Object read(CborReader in) {
            Object value = in.any();
            if (value == null) {
                if (type.isPrimitive()) {
                    throw new Mismatch("is null, expected is " + type);
                }
                return null;
            }
            Object converted = convert.apply(value);
            if (converted == null) {
                throw new Mismatch(why(value));
            }
            return converted;
        }

        private String why(Object value) {
            boolean range = value instanceof Number && (type.isPrimitive() || Number.class.isAssignableFrom(type));
            return "is " + name(value) + ", expected is " + type.getSimpleName()
                    + (range ? "; the value is out of its range or would lose digits" : "");
        }

        @Override
        public boolean takesNull() {
            return !type.isPrimitive();
        }
    }
}
