package symphony.nlp;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Something with a value within an utterance.
 *
 * @param name its kind, as {@code duration}, or the name of a list
 * @param text as it was said
 * @param value of a type that events may have
 * @param unit of an amount; empty for all others
 * @param begin of its first character
 * @param end behind its last character
 */
record Slot(String name, String text, Object value, String unit, int begin, int end) {
    /** As it stands in an event. */
    Map<String, Object> data() {
        var data = new LinkedHashMap<String, Object>();
        data.put("text", text);
        data.put("value", value);
        if (!unit.isEmpty()) {
            data.put("unit", unit);
        }
        data.put("begin", begin);
        data.put("end", end);
        return data;
    }
}
