package symphony.api.queue;

import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.osgi.annotation.versioning.ProviderType;
import symphony.api.event.TopicFilter;

/**
 * What a queue is for. The provider keeps it with what waits, so that a subscription whose handler is not there can be
 * routed to again after a restart, in the same order and for the same time.
 *
 * @param identity the subscription's, {@code <bundle symbolic name>/<name>}, at most 512 characters
 * @param topics what the subscription wants, at least one
 * @param filter LDAP filter over the data, empty for none
 * @param capacity most events that wait, are delayed, are leased or were taken along, 1 to 10 000 000
 * @param overflow what to do when it is full
 * @param orderPath dotted path into the data, to what an event's order key is made of, as {@code customer.id}, at most 200
 *     characters, empty for none; the dispatcher acts on it, the provider keeps it
 * @param orderFailure what to do with the later events of an order key when one of them is given up. A kind without
 *     {@link Capability#ORDER_KEY_TAKE_ALONG} only keeps it
 * @param graceMillis how long the subscription is kept after its handler left, milliseconds, negative = without limit; the
 *     dispatcher acts on it, the provider keeps it
 * @param duplicatesMillis how long the queue knows the id of an event that it has taken, and does not take the same one of
 *     the same publisher again, milliseconds, 0 = not at all. A kind without {@link Capability#DUPLICATES} only keeps it
 * @param timeToLiveMillis how long an event may wait since it was published, milliseconds, 0 = as long as it lives itself; the
 *     dispatcher acts on it, the provider keeps it
 */
@ProviderType
public record QueueSpec(
        String identity,
        List<TopicFilter> topics,
        String filter,
        int capacity,
        Overflow overflow,
        String orderPath,
        OrderFailure orderFailure,
        long graceMillis,
        long duplicatesMillis,
        long timeToLiveMillis) {
    /** Most events of a queue. */
    public static final int MAX_CAPACITY = 10_000_000;

    private static final int MAX_IDENTITY_CHARS = 512;
    private static final int MAX_PATH_CHARS = 200;
    private static final Pattern PATH = Pattern.compile("[^.\\s]+(\\.[^.\\s]+)*");

    /**
     * Checks and copies the values.
     *
     * @throws IllegalArgumentException if one is out of range
     */
    public QueueSpec {
        if (identity.isEmpty() || identity.length() > MAX_IDENTITY_CHARS) {
            throw new IllegalArgumentException(
                    "identity has " + identity.length() + " characters, must have 1 to " + MAX_IDENTITY_CHARS);
        }
        topics = List.copyOf(topics);
        Objects.requireNonNull(filter, "filter");
        Objects.requireNonNull(overflow, "overflow");
        Objects.requireNonNull(orderPath, "orderPath");
        Objects.requireNonNull(orderFailure, "orderFailure");
        if (topics.isEmpty()) {
            throw new IllegalArgumentException(identity + ": has no topics");
        }
        if (capacity < 1 || capacity > MAX_CAPACITY) {
            throw new IllegalArgumentException(
                    identity + ": capacity is " + capacity + ", must be 1 to " + MAX_CAPACITY);
        }
        if (orderPath.length() > MAX_PATH_CHARS) {
            throw new IllegalArgumentException(identity + ": orderPath has " + orderPath.length()
                    + " characters, must have " + MAX_PATH_CHARS + " at most");
        }
        if (!orderPath.isEmpty() && !PATH.matcher(orderPath).matches()) {
            throw new IllegalArgumentException(identity + ": orderPath is " + orderPath
                    + ", must be a dotted path into the data, as customer.id, or empty");
        }
        if (duplicatesMillis < 0) {
            throw new IllegalArgumentException(
                    identity + ": duplicatesMillis is " + duplicatesMillis + ", must not be negative");
        }
        if (timeToLiveMillis < 0) {
            throw new IllegalArgumentException(
                    identity + ": timeToLiveMillis is " + timeToLiveMillis + ", must not be negative");
        }
    }
}
