package symphony.shell;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import symphony.api.event.Delivery;

/**
 * A delivery for closures of the shell: {@code $it topic}, {@code $it get amount}. Public, with maps and lists of public
 * classes, since Gogo calls methods by reflection. The maps are copies.
 */
public final class ShellEvent implements Report {
    private final Delivery delivery;
    private final Map<String, Object> data;

    ShellEvent(Delivery delivery) {
        this.delivery = delivery;
        this.data = map(delivery.data());
    }

    /** The event's id. */
    public UUID id() {
        return delivery.id();
    }

    /** Where it was published to. */
    public String topic() {
        return delivery.topic();
    }

    /** Its priority, 0 to 9. */
    public int priority() {
        return delivery.priority();
    }

    /** When it was published. */
    public Instant publishedAt() {
        return delivery.publishedAt();
    }

    /** The bundle that published it. */
    public String publisher() {
        return delivery.publisher();
    }

    /** Which attempt this is, counted from 1. */
    public int attempt() {
        return delivery.attempt();
    }

    /** All its data. */
    public Map<String, Object> data() {
        return data;
    }

    /** What accompanies it. */
    public Map<String, String> attributes() {
        return new LinkedHashMap<>(delivery.attributes());
    }

    /**
     * One value of the data.
     *
     * @param key its key
     * @return the value, null if there is none
     */
    public Object get(String key) {
        return data.get(key);
    }

    @Override
    public List<String> lines(int width, Paint paint) {
        return List.of(toString());
    }

    /** Topic, priority and data, harmless. */
    @Override
    public String toString() {
        return Text.clean(topic()) + " [" + priority() + "] " + Json.write(data);
    }

    private static Map<String, Object> map(Map<?, ?> from) {
        var copy = new LinkedHashMap<String, Object>();
        from.forEach((key, value) -> copy.put(String.valueOf(key), copy(value)));
        return copy;
    }

    private static Object copy(Object value) {
        if (value instanceof Map<?, ?> map) {
            return map(map);
        }
        if (value instanceof List<?> list) {
            var copy = new ArrayList<Object>();
            list.forEach(element -> copy.add(copy(element)));
            return copy;
        }
        return value;
    }
}
