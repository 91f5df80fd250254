package symphony.dispatcher;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.HexFormat;
import java.util.Map;

/** Finds what an event is about, by a dotted path into its data. */
final class OrderKeyPath {
    /** Longer numbers are keys in hexadecimal: decimals take time that grows faster than they do, and the publisher waits. */
    private static final int MOST_DECIMAL_BITS = 1 << 10;

    private OrderKeyPath() {}

    /** The value at a path as text; empty if there is none. */
    static String valueAt(String[] path, Map<String, Object> data) {
        Object value = data;
        for (String step : path) {
            value = value instanceof Map<?, ?> map ? map.get(step) : null;
        }
        if (value instanceof byte[] bytes) {
            return HexFormat.of().formatHex(bytes);
        }
        if (value instanceof BigInteger whole && isLong(whole)) {
            return hex(whole);
        }
        if (value instanceof BigDecimal decimal && isLong(decimal.unscaledValue())) {
            return hex(decimal.unscaledValue()) + "/10^" + decimal.scale();
        }
        return value == null ? "" : value.toString();
    }

    private static boolean isLong(BigInteger number) {
        return number.bitLength() > MOST_DECIMAL_BITS;
    }

    private static String hex(BigInteger number) {
        return "0x" + HexFormat.of().formatHex(number.toByteArray());
    }
}
