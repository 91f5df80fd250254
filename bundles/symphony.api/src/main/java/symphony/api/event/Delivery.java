package symphony.api.event;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.osgi.annotation.versioning.ProviderType;

/**
 * What a handler gets: the event and the circumstances of this delivery. The data is decoded when it is first asked for.
 * Valid after the call, too; immutable, thread-safe.
 */
@ProviderType
public interface Delivery {
    /**
     * The event's id, the same in each attempt and each subscription.
     *
     * @return a UUID, of version 7 unless the publisher chose it
     */
    UUID id();

    /**
     * Where the event was published to.
     *
     * @return a valid topic
     */
    String topic();

    /**
     * The priority it was published with.
     *
     * @return 0 (most urgent) to 9
     */
    int priority();

    /**
     * When it was published, by the wall clock of the publishing process, in milliseconds.
     *
     * @return the instant
     */
    Instant publishedAt();

    /**
     * Who published it.
     *
     * @return the symbolic name of a bundle
     */
    String publisher();

    /**
     * When it expires.
     *
     * @return the instant; empty if never
     */
    Optional<Instant> expiresAt();

    /**
     * Which attempt to deliver it to this subscription this is.
     *
     * @return 1 the first time
     */
    int attempt();

    /**
     * The subscription it was delivered to.
     *
     * @return its identity, {@code <bundle symbolic name>/<name>}
     */
    String subscription();

    /**
     * The event's data. Values are always of these types, whatever the publisher used: {@code String}, {@code Boolean},
     * {@code Long}, {@code Double}, {@code BigInteger}, {@code BigDecimal}, {@code byte[]} (a copy), {@code Instant},
     * {@code Duration}, {@code UUID}, {@code List}, {@code Map}, null. Maps keep the publisher's order. A single value is
     * found under {@value Event#VALUE}.
     *
     * @return an unmodifiable map
     */
    Map<String, Object> data();

    /**
     * A value of the data as text.
     *
     * @param key its key
     * @return the text
     * @throws IllegalArgumentException if it is missing or no text; says what it is
     */
    String getString(String key);

    /**
     * A value of the data as text.
     *
     * @param key its key
     * @param otherwise what to return if it is missing or null
     * @return the text
     * @throws IllegalArgumentException if it is no text; says what it is
     */
    String getString(String key, String otherwise);

    /**
     * A value of the data as whole number.
     *
     * @param key its key
     * @param otherwise what to return if it is missing or null
     * @return the number
     * @throws IllegalArgumentException if it is no whole number; says what it is
     */
    long getLong(String key, long otherwise);

    /**
     * A value of the data as number.
     *
     * @param key its key
     * @param otherwise what to return if it is missing or null
     * @return the number
     * @throws IllegalArgumentException if it is no number; says what it is
     */
    double getDouble(String key, double otherwise);

    /**
     * A value of the data as truth value.
     *
     * @param key its key
     * @param otherwise what to return if it is missing or null
     * @return the truth value
     * @throws IllegalArgumentException if it is none; says what it is
     */
    boolean getBoolean(String key, boolean otherwise);

    /**
     * A value of the data as instant.
     *
     * @param key its key
     * @param otherwise what to return if it is missing or null
     * @return the instant
     * @throws IllegalArgumentException if it is none; says what it is
     */
    Instant getInstant(String key, Instant otherwise);

    /**
     * A value of the data as duration.
     *
     * @param key its key
     * @param otherwise what to return if it is missing or null
     * @return the duration
     * @throws IllegalArgumentException if it is none; says what it is
     */
    Duration getDuration(String key, Duration otherwise);

    /**
     * The data as a record, its components filled by name; or, for data that is a single value, that value.
     * Components that the data lacks are null, or for primitive ones an error; entries that the record lacks are ignored.
     *
     * @param <T> the type
     * @param type a record, {@code Map}, or the type of a single value
     * @return the value
     * @throws IllegalArgumentException if the data does not fit; says which key and why
     */
    <T> T as(Class<T> type);

    /**
     * What accompanies the event: trace, correlation, place for answers.
     *
     * @return an unmodifiable map
     */
    Map<String, String> attributes();
}
