package symphony.api.event;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.osgi.annotation.versioning.ProviderType;

/**
 * What is published: a topic, data and a priority; optionally an id, a key, a time to live and attributes.
 *
 * <p>Data is a record, a map with string keys, or a single value, which handlers find under the key {@value #VALUE}.
 * Values may be strings, booleans, numbers ({@code byte} to {@code long}, {@code float}, {@code double},
 * {@code BigInteger}, {@code BigDecimal}), {@code byte[]}, {@code Instant}, {@code Duration}, {@code UUID}, enums, records,
 * and lists, arrays of objects and maps of these; null is allowed in maps and lists. What a handler gets is described at
 * {@link Delivery#data()}.
 *
 * <p>Immutable, but for the data, which is read while it is published: do not change it before {@code publish} returned.
 */
@ProviderType
public final class Event {
    /** The most urgent priority. */
    public static final int MOST_URGENT = 0;

    /** The least urgent priority. */
    public static final int LEAST_URGENT = 9;

    /** The priority of an event that names none. */
    public static final int DEFAULT_PRIORITY = 5;

    /** Key under which data that is a single value is delivered. */
    public static final String VALUE = "value";

    /** Attribute: W3C trace context of the publisher. */
    public static final String TRACE_PARENT = "traceparent";

    /** Attribute: ties answers to a question. */
    public static final String CORRELATION = "correlation-id";

    /** Attribute: topic for answers. */
    public static final String REPLY_TO = "reply-to";

    private static final int MAX_KEY_CHARS = 255;

    private final String topic;
    private final Object data;
    private final int priority;
    private final UUID id;
    private final String key;
    private final Duration timeToLive;
    private final Map<String, String> attributes;

    private Event(Builder builder) {
        this.topic = builder.topic;
        this.data = builder.data == null ? Map.of() : builder.data;
        this.priority = builder.priority;
        this.id = builder.id;
        this.key = builder.key;
        this.timeToLive = builder.timeToLive;
        this.attributes = builder.attributes.isEmpty() ? Map.of() : Map.copyOf(builder.attributes);
    }

    /**
     * Begins an event.
     *
     * @param topic where it goes, as {@code orders/new}, see {@link Topic}
     * @return a builder with priority {@value #DEFAULT_PRIORITY} and no data
     * @throws IllegalArgumentException if the topic is not valid
     */
    public static Builder on(String topic) {
        return new Builder(Topic.check(topic));
    }

    /**
     * Where it goes.
     *
     * @return a valid topic
     */
    public String topic() {
        return topic;
    }

    /**
     * What it tells.
     *
     * @return a record, a map or a single value; an empty map if there is nothing to tell; never null
     */
    public Object data() {
        return data;
    }

    /**
     * How urgent it is.
     *
     * @return {@value #MOST_URGENT} to {@value #LEAST_URGENT}, lowest first
     */
    public int priority() {
        return priority;
    }

    /**
     * Its id, if the publisher chose it; else one is given when it is published.
     *
     * @return the id
     */
    public Optional<UUID> id() {
        return Optional.ofNullable(id);
    }

    /**
     * What it is about. A subscription that asks for order by key uses it where the data has no value at its path.
     *
     * @return the key
     */
    public Optional<String> key() {
        return Optional.ofNullable(key);
    }

    /**
     * How long after it was published a handler may still get it.
     *
     * @return a positive time; empty means for ever
     */
    public Optional<Duration> timeToLive() {
        return Optional.ofNullable(timeToLive);
    }

    /**
     * What accompanies it: trace, correlation, place for answers. Sealed like the data.
     *
     * @return an unmodifiable map
     */
    public Map<String, String> attributes() {
        return attributes;
    }

    /** Topic, priority and id; never the data. */
    @Override
    public String toString() {
        return topic + " (priority " + priority + (id == null ? ")" : ", " + id + ")");
    }

    /**
     * Checks a priority.
     *
     * @param priority a number
     * @return the same number
     * @throws IllegalArgumentException if it is not {@value #MOST_URGENT} to {@value #LEAST_URGENT}
     */
    public static int checkPriority(int priority) {
        if (priority < MOST_URGENT || priority > LEAST_URGENT) {
            throw new IllegalArgumentException("priority is " + priority + ", must be " + MOST_URGENT
                    + " (most urgent) to " + LEAST_URGENT + " (least urgent)");
        }
        return priority;
    }

    /** Puts an event together. One thread only. */
    public static final class Builder {
        private final String topic;
        private Object data;
        private Map<String, Object> entries;
        private int priority = DEFAULT_PRIORITY;
        private UUID id;
        private String key;
        private Duration timeToLive;
        private final Map<String, String> attributes = new LinkedHashMap<>();

        private Builder(String topic) {
            this.topic = topic;
        }

        /**
         * Sets all the data; what {@link #with} added before is replaced.
         *
         * @param all a record, a map with string keys or a single value, see {@link Event}
         * @return this
         */
        public Builder data(Object all) {
            this.data = Objects.requireNonNull(all, "data");
            this.entries = null;
            return this;
        }

        /**
         * Adds one entry to the data; data set before must have been a map.
         *
         * @param name the entry's key
         * @param value its value, see {@link Event}; may be null
         * @return this
         * @throws IllegalArgumentException if a map that was set before has a key that is no string
         * @throws IllegalStateException if the data is a record or a single value
         */
        public Builder with(String name, Object value) {
            Objects.requireNonNull(name, "name");
            if (entries == null) {
                var before = new LinkedHashMap<String, Object>();
                if (data instanceof Map<?, ?> map) {
                    map.forEach((k, v) -> before.put(nameOf(k), v));
                } else if (data != null) {
                    throw new IllegalStateException("event on " + topic + ": cannot add '" + name + "' to data of type "
                            + data.getClass().getName() + "; use a map, or data(…) alone");
                }
                entries = before;
                data = before;
            }
            entries.put(name, value);
            return this;
        }

        private String nameOf(Object given) {
            if (given instanceof String text) {
                return text;
            }
            throw new IllegalArgumentException("event on " + topic + ": a key of the data is "
                    + (given == null
                            ? "null"
                            : given + " of type " + given.getClass().getName())
                    + "; keys must be strings");
        }

        /**
         * Sets how urgent it is.
         *
         * @param level {@value #MOST_URGENT} to {@value #LEAST_URGENT}
         * @return this
         * @throws IllegalArgumentException if it is out of range
         */
        public Builder priority(int level) {
            this.priority = checkPriority(level);
            return this;
        }

        /**
         * Sets its id, for publishers that must know it before, or that publish again after a failure, see
         * {@link HandlerConstants#DUPLICATES_WINDOW}.
         *
         * @param chosen the id
         * @return this
         */
        public Builder id(UUID chosen) {
            this.id = Objects.requireNonNull(chosen, "id");
            return this;
        }

        /**
         * Sets what it is about, see {@link Event#key()}.
         *
         * @param about 1 to 255 characters
         * @return this
         * @throws IllegalArgumentException if it is empty or longer
         */
        public Builder key(String about) {
            if (about.isEmpty() || about.length() > MAX_KEY_CHARS) {
                throw new IllegalArgumentException("event on " + topic + ": key has " + about.length()
                        + " characters, must have 1 to " + MAX_KEY_CHARS);
            }
            this.key = about;
            return this;
        }

        /**
         * Sets how long after publishing a handler may still get it.
         *
         * @param time at least a millisecond
         * @return this
         * @throws IllegalArgumentException if it is shorter
         */
        public Builder timeToLive(Duration time) {
            if (time.compareTo(Duration.ofMillis(1)) < 0) {
                throw new IllegalArgumentException("event on " + topic + ": time to live is " + time
                        + ", must be at least 1 ms; leave it out to keep the event for ever");
            }
            this.timeToLive = time;
            return this;
        }

        /**
         * Adds an attribute, see {@link Event#attributes()}.
         *
         * @param name as {@link Event#CORRELATION}
         * @param value its value
         * @return this
         */
        public Builder attribute(String name, String value) {
            attributes.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(value, "value"));
            return this;
        }

        /**
         * Adds attributes.
         *
         * @param all names and values
         * @return this
         */
        public Builder attributes(Map<String, String> all) {
            all.forEach(this::attribute);
            return this;
        }

        /**
         * Ends the event.
         *
         * @return the event; the builder may go on
         */
        public Event build() {
            var event = new Event(this);
            entries = null;
            return event;
        }
    }
}
