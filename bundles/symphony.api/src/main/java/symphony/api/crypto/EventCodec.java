package symphony.api.crypto;

import java.util.Map;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Turns the data of events into bytes and back: CBOR (RFC 8949), without class names, deterministic for equal data.
 * Bounded: the encoded size, the depth of nesting and, on reading, what a length field may make it allocate.
 * Thread-safe.
 */
@ProviderType
public interface EventCodec {
    /**
     * Encodes data.
     *
     * @param data a record, a map with string keys or a single value, see {@link symphony.api.event.Event}
     * @return the bytes, a new array
     * @throws IllegalArgumentException if it holds a type that events cannot carry, is cyclic, nested too deeply or too
     *     large; the message names the path to the value, its type, and the limit
     */
    byte[] encode(Object data);

    /**
     * Encodes data into the middle of an array, so that it need not be copied into what it becomes a part of.
     *
     * @param data as for {@link #encode(Object)}
     * @param before bytes to leave free before it, not negative
     * @param after bytes to leave free after it, not negative
     * @return a new array of zeros, the encoded data, and zeros again
     * @throws IllegalArgumentException exactly where {@link #encode(Object)} does
     */
    default byte[] encode(Object data, int before, int after) {
        byte[] encoded = encode(data);
        byte[] bytes = new byte[Math.addExact(Math.addExact(before, after), encoded.length)];
        System.arraycopy(encoded, 0, bytes, before, encoded.length);
        return bytes;
    }

    /**
     * The map that a handler would see, without the way over bytes: what filters are matched against.
     *
     * @param data as for {@link #encode(Object)}
     * @return an unmodifiable map, see {@link symphony.api.event.Delivery#data()}
     * @throws IllegalArgumentException exactly where {@link #encode(Object)} does
     */
    Map<String, Object> normalise(Object data);

    /**
     * Decodes data.
     *
     * @param bytes holds an encoded map
     * @param offset where it begins
     * @param length how long it is
     * @return an unmodifiable map, see {@link symphony.api.event.Delivery#data()}
     * @throws IllegalArgumentException if the bytes are not exactly one map that this codec could have written
     */
    Map<String, Object> decode(byte[] bytes, int offset, int length);

    /**
     * Decodes data into a type.
     *
     * @param <T> the type
     * @param bytes holds an encoded map
     * @param offset where it begins
     * @param length how long it is
     * @param type a record, {@code Map}, or the type of a single value
     * @return the value
     * @throws IllegalArgumentException if the bytes are not valid, or the data does not fit the type; says which key, what
     *     it is and what was expected
     */
    <T> T decode(byte[] bytes, int offset, int length, Class<T> type);
}
