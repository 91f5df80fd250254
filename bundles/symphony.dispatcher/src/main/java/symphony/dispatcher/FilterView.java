package symphony.dispatcher;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Data as LDAP filters see it: top-level scalars and lists; what filters cannot compare, as an instant, as its text. */
final class FilterView {
    private FilterView() {}

    static Map<String, Object> of(Map<String, Object> data) {
        var view = new HashMap<String, Object>();
        data.forEach((key, value) -> {
            Object seen = seen(value);
            if (seen != null) {
                view.put(key, seen);
            }
        });
        return view;
    }

    private static Object seen(Object value) {
        if (value instanceof List<?> list) {
            return list.stream().map(FilterView::scalar).filter(v -> v != null).toList();
        }
        return scalar(value);
    }

    private static Object scalar(Object value) {
        if (value instanceof Instant || value instanceof Duration || value instanceof UUID) {
            return value.toString();
        }
        boolean comparable = value instanceof String
                || value instanceof Boolean
                || value instanceof Long
                || value instanceof Double
                || value instanceof BigInteger
                || value instanceof BigDecimal;
        return comparable ? value : null;
    }
}
