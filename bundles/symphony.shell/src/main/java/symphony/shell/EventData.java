package symphony.shell;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import symphony.api.event.Event;

/** The data of an event as it is typed: {@code key=value …}, one JSON text, or a map of the shell. */
final class EventData {
    private EventData() {}

    /**
     * Reads it.
     *
     * @param words what follows the topic
     * @return a map; of a single value under {@link Event#VALUE}
     */
    static Map<String, Object> read(List<Object> words) throws CommandException {
        if (words.size() == 1 && words.get(0) instanceof Map<?, ?> map) {
            return copy(map);
        }
        if (words.size() == 1 && words.get(0) instanceof String text && isJson(text)) {
            return wrap(json(text));
        }
        var data = new LinkedHashMap<String, Object>();
        for (Object word : words) {
            addEntry(data, word);
        }
        return data;
    }

    private static boolean isJson(String text) {
        return text.startsWith("{") || text.startsWith("[");
    }

    private static void addEntry(Map<String, Object> data, Object word) throws CommandException {
        String text = Arguments.show(word);
        int equals = text.indexOf('=');
        if (equals <= 0) {
            String hint = isJson(text) ? "; JSON must be the only argument after the topic, in single quotes" : "";
            throw new CommandException(Text.quoted(text) + " is no key=value" + hint);
        }
        String key = text.substring(0, equals);
        if (data.containsKey(key)) {
            throw new CommandException("key " + Text.quoted(key) + " is given twice");
        }
        data.put(key, value(text.substring(equals + 1)));
    }

    /** A number, true, false and null as in JSON; what begins like a JSON text, list or object must be one; else text. */
    static Object value(String text) throws CommandException {
        if (!text.isEmpty() && "\"[{".indexOf(text.charAt(0)) >= 0) {
            return json(text);
        }
        if (text.isEmpty() || !looksLikeScalar(text)) {
            return text;
        }
        try {
            return Json.read(text);
        } catch (IllegalArgumentException e) {
            return text; // 007, 12a, 1.2.3, truely: text that only begins like a number or a word of JSON
        }
    }

    private static boolean looksLikeScalar(String text) {
        char first = text.charAt(0);
        return first == '-'
                || Character.isDigit(first)
                || text.equals("true")
                || text.equals("false")
                || text.equals("null");
    }

    private static Object json(String text) throws CommandException {
        try {
            return Json.read(text);
        } catch (IllegalArgumentException e) {
            throw new CommandException(
                    Text.quoted(text) + " is " + e.getMessage() + "; quote JSON as a whole, like '{\"amount\": 12}'",
                    e);
        }
    }

    private static Map<String, Object> wrap(Object value) {
        return value instanceof Map<?, ?> map ? copy(map) : entry(value);
    }

    private static Map<String, Object> entry(Object value) {
        var map = new LinkedHashMap<String, Object>();
        map.put(Event.VALUE, value);
        return map;
    }

    private static Map<String, Object> copy(Map<?, ?> map) {
        var copy = new LinkedHashMap<String, Object>();
        map.forEach(
                (key, value) -> copy.put(String.valueOf(key), value instanceof CharSequence t ? t.toString() : value));
        return copy;
    }
}
