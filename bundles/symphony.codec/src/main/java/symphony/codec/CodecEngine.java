package symphony.codec;

import java.util.Map;
import java.util.Objects;
import symphony.api.crypto.EventCodec;

/**
 * Event data as CBOR, without a framework around it. Thread-safe; calls share nothing but limits and what is known of record
 * classes, and keep nothing on the caller's thread.
 */
public final class CodecEngine implements EventCodec, AutoCloseable {
    /*
     * Three pairs do the work. DataWalker turns what publishers may give into the closed set of types that events carry, and
     * tells a DataSink: CborWriter, which makes bytes, or MapBuilder, which makes the map that a reader of those bytes would
     * see. So encode and normalise accept and refuse the same, by construction; CborSize tells the MapBuilder how large the bytes
     * would be. CborReader reads bytes, strictly, into that
     * map; TypeReaders sit on top of it and fill records straight from the bytes.
     *
     * Jackson's streaming CBOR is not used at run time; it is an oracle of the tests. It cannot tell what must be refused here
     * (it reads over-long UTF-8, lone surrogates, integers in any width, chunked strings, tags around anything), writes texts of
     * more than about 4000 characters in chunks, and 2.18 reads big integers wrongly (2^64 - 1, written as RFC 8949 says, comes
     * out as -1). A strict reader had to stand in front of it and would do most of its work twice. README.md has the figures.
     */
    private static final int MOST_EXPECTED = 256;

    private final PerClass<RecordParts> records = new PerClass<>(RecordParts::of);
    private final PerClass<TypeReader> types = new PerClass<>(this::reader);
    private volatile CodecLimits limits;

    /** Bytes of the data that was encoded last, since the next is often as large. Racy: any value will do. */
    private int expected = MOST_EXPECTED;

    /**
     * Ready at once.
     *
     * @param limits what is encoded, see {@link CodecLimits#DEFAULT}
     */
    public CodecEngine(CodecLimits limits) {
        this.limits = Objects.requireNonNull(limits, "limits");
    }

    private TypeReader reader(Class<?> type) {
        return new TypePlan(types).of(type);
    }

    /**
     * Changes the limits for what is encoded from now on.
     *
     * @param changed the new ones
     */
    public void apply(CodecLimits changed) {
        this.limits = Objects.requireNonNull(changed, "limits");
    }

    @Override
    public byte[] encode(Object data) {
        return encode(data, 0, 0);
    }

    @Override
    public byte[] encode(Object data, int before, int after) {
        Objects.requireNonNull(data, "data");
        CodecLimits now = limits;
        try {
            var writer = new CborWriter(now.payloadBytes(), expected, before, after);
            new DataWalker(writer, records, now.depth()).data(data);
            byte[] bytes = writer.toBytes(after);
            expected = Math.min(MOST_EXPECTED, bytes.length - before - after);
            return bytes;
        } catch (Mismatch e) {
            throw e.refusal();
        }
    }

    @Override
    public Map<String, Object> normalise(Object data) {
        Objects.requireNonNull(data, "data");
        CodecLimits now = limits;
        try {
            var builder = new MapBuilder(now.payloadBytes());
            new DataWalker(builder, records, now.depth()).data(data);
            return builder.root();
        } catch (Mismatch e) {
            throw e.refusal();
        }
    }

    @Override
    public Map<String, Object> decode(byte[] bytes, int offset, int length) {
        try {
            var reader = new CborReader(bytes, offset, length);
            Map<String, Object> map = reader.document();
            reader.finish();
            return map;
        } catch (Mismatch e) {
            throw e.refusal();
        }
    }

    @Override
    @SuppressWarnings("unchecked") // the reader of a type gives that type, for a primitive one its wrapper
    public <T> T decode(byte[] bytes, int offset, int length, Class<T> type) {
        Objects.requireNonNull(type, "type");
        try {
            var reader = new CborReader(bytes, offset, length);
            Object value = type.isRecord() || type == Map.class || type == Object.class
                    ? types.get(type).read(reader.atDocument())
                    : new SingleValue(type, types.get(type)).read(reader.atDocument());
            reader.finish();
            return (T) value;
        } catch (Mismatch e) {
            throw e.refusal();
        }
    }

    /** Takes what it knows of record classes back out of them; goes on working. */
    @Override
    public void close() {
        records.clear();
        types.clear();
    }
}
