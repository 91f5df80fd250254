package symphony.dispatcher;

import java.util.HexFormat;
import java.util.Map;

/** Finds what an event is about, by a dotted path into its data. */
final class OrderKeyPath {
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
        return value == null ? "" : value.toString();
    }
}
