package symphony.shell;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import symphony.api.event.Event;
import symphony.component.Durations;

/**
 * A line of a file as an event. With columns, the line has values between tabs; else it is a JSON object with the fields
 * {@value #KNOWN}.
 *
 * @param topic of lines that name none; empty if there is no such
 * @param columns names of the values between tabs; empty for JSON
 */
record EventLines(String topic, List<String> columns) {
    private static final String KNOWN = "topic, data, priority, key, ttl, id, attributes";
    private static final Pattern UUID_TEXT = Pattern.compile("\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}");
    private static final Set<String> FIELDS = Set.of("topic", "data", "priority", "key", "ttl", "id", "attributes");

    /**
     * Reads a line.
     *
     * @throws IllegalArgumentException if it is no event; says why
     */
    Event read(String line) {
        return columns.isEmpty() ? json(line) : tabs(line);
    }

    private Event tabs(String line) {
        String[] values = line.split("\t", -1);
        if (values.length != columns.size()) {
            throw new IllegalArgumentException("has " + Text.count(values.length, "value", "values")
                    + " between tabs, --columns names " + columns.size());
        }
        var data = new LinkedHashMap<String, Object>();
        for (int i = 0; i < values.length; i++) {
            data.put(columns.get(i), values[i]);
        }
        return Event.on(topic).data(data).build();
    }

    private Event json(String line) {
        if (!(Json.read(line) instanceof Map<?, ?> fields)) {
            throw new IllegalArgumentException("is no JSON object; write {\"topic\": …, \"data\": {…}}");
        }
        for (Object field : fields.keySet()) {
            if (!FIELDS.contains(field)) {
                throw new IllegalArgumentException("unknown field " + Text.quoted(field) + "; known are " + KNOWN
                        + "; what the event tells goes into data");
            }
        }
        return event(fields);
    }

    private Event event(Map<?, ?> fields) {
        Event.Builder event = Event.on(topicOf(fields));
        if (fields.containsKey("data")) {
            addData(event, fields.get("data"));
        }
        if (fields.containsKey("priority")) {
            event.priority(priority(fields.get("priority")));
        }
        if (fields.containsKey("key")) {
            event.key(text(fields, "key"));
        }
        if (fields.containsKey("ttl")) {
            event.timeToLive(ttl(text(fields, "ttl")));
        }
        if (fields.containsKey("id")) {
            event.id(id(text(fields, "id")));
        }
        if (fields.containsKey("attributes")) {
            addAttributes(event, fields.get("attributes"));
        }
        return event.build();
    }

    private String topicOf(Map<?, ?> fields) {
        if (fields.containsKey("topic")) {
            return text(fields, "topic");
        }
        if (topic.isEmpty()) {
            throw new IllegalArgumentException("has no topic; add one, or give --topic for such lines");
        }
        return topic;
    }

    private static void addData(Event.Builder event, Object data) {
        if (data instanceof Map<?, ?>) {
            event.data(data);
        } else {
            event.with(Event.VALUE, data);
        }
    }

    private static int priority(Object value) {
        if (value instanceof Long number && number >= Event.MOST_URGENT && number <= Event.LEAST_URGENT) {
            return Math.toIntExact(number);
        }
        throw new IllegalArgumentException(
                "priority is " + Text.quoted(value) + ", must be a whole number, 0 (most urgent) to 9");
    }

    private static Duration ttl(String text) {
        try {
            return Durations.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("ttl: " + e.getMessage(), e);
        }
    }

    /** Java alone takes shorter ones, too, and fills them up. */
    private static UUID id(String text) {
        if (!UUID_TEXT.matcher(text).matches()) {
            throw new IllegalArgumentException("id is " + Text.quoted(text)
                    + ", must be a UUID as 01976f0c-7c5e-7000-8000-000000000001; left out, the event gets one");
        }
        return UUID.fromString(text);
    }

    private static void addAttributes(Event.Builder event, Object value) {
        if (!(value instanceof Map<?, ?> attributes)) {
            throw new IllegalArgumentException("attributes is " + Text.quoted(value) + ", must be an object of texts");
        }
        attributes.keySet().forEach(name -> event.attribute(String.valueOf(name), text(attributes, name)));
    }

    private static String text(Map<?, ?> fields, Object name) {
        if (fields.get(name) instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException(
                Text.quoted(name) + " is " + Text.quoted(fields.get(name)) + ", must be a text");
    }
}
