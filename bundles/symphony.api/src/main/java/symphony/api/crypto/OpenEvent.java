package symphony.api.crypto;

import java.util.Map;
import org.osgi.annotation.versioning.ProviderType;

/** What was in an envelope. Decoded when asked for. Immutable, thread-safe. */
@ProviderType
public interface OpenEvent {
    /**
     * The data, decoded once.
     *
     * @return an unmodifiable map, see {@link symphony.api.event.Delivery#data()}
     * @throws IllegalArgumentException if the bytes are no data
     */
    Map<String, Object> data();

    /**
     * The data as another type, see {@link symphony.api.event.Delivery#as(Class)}.
     *
     * @param <T> the type
     * @param type a record, {@code Map}, or the type of a single value
     * @return the value, a new one in each call
     * @throws IllegalArgumentException if the data does not fit
     */
    <T> T as(Class<T> type);

    /**
     * What accompanies the event.
     *
     * @return an unmodifiable map
     */
    Map<String, String> attributes();

    /**
     * The publisher's key.
     *
     * @return the key, empty if there is none
     */
    String key();
}
