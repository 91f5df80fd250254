package symphony.crypto;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Map;
import symphony.api.crypto.EventCodec;
import symphony.api.crypto.OpenEvent;

/**
 * The plaintext of an envelope: length of the metadata (two bytes), {@link Metadata}, data as the codec wrote it. Nothing is
 * decoded before somebody asks for it; then data and attributes are decoded once and kept.
 */
final class Payload implements OpenEvent {
    static final int METADATA_AT = Short.BYTES;

    private static final VarHandle DATA = field("data");
    private static final VarHandle ATTRIBUTES = field("attributes");

    private final EventCodec codec;
    private final byte[] bytes;
    private final int dataAt;
    private volatile Map<String, Object> data;
    private volatile Map<String, String> attributes;

    /** Takes the array. */
    Payload(EventCodec codec, byte[] bytes) throws NotOpenedException {
        if (bytes.length < METADATA_AT) {
            throw new NotOpenedException(OpenFailure.FORM);
        }
        int end = METADATA_AT + ((bytes[0] & 0xff) << 8 | bytes[1] & 0xff);
        if (end > bytes.length || !Metadata.isWellFormed(bytes, METADATA_AT, end)) {
            throw new NotOpenedException(OpenFailure.FORM);
        }
        this.codec = codec;
        this.bytes = bytes;
        this.dataAt = end;
    }

    /** Threads that ask at the same moment may each decode; all get the map that was ready first. */
    @Override
    public Map<String, Object> data() {
        Map<String, Object> known = data;
        if (known == null) {
            DATA.compareAndSet(this, null, codec.decode(bytes, dataAt, bytes.length - dataAt));
            known = data;
        }
        return known;
    }

    @Override
    public <T> T as(Class<T> type) {
        return codec.decode(bytes, dataAt, bytes.length - dataAt, type);
    }

    @Override
    public Map<String, String> attributes() {
        Map<String, String> known = attributes;
        if (known == null) {
            ATTRIBUTES.compareAndSet(this, null, Metadata.attributes(bytes, METADATA_AT, dataAt));
            known = attributes;
        }
        return known;
    }

    @Override
    public String key() {
        return Metadata.key(bytes, METADATA_AT, dataAt);
    }

    /** How much, never the content. */
    @Override
    public String toString() {
        return "opened event (" + bytes.length + " bytes)";
    }

    private static VarHandle field(String name) {
        try {
            return MethodHandles.lookup().findVarHandle(Payload.class, name, Map.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
