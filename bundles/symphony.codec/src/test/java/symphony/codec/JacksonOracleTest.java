package symphony.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import com.fasterxml.jackson.dataformat.cbor.CBORParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** An independent implementation reads what we write as the same data, and writes what we read, where its form is ours. */
class JacksonOracleTest {
    private static final CBORFactory JACKSON = CBORFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNumberLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private final CodecEngine codec = new CodecEngine(CodecLimits.DEFAULT);

    @Provide
    Arbitrary<Map<String, Object>> data() {
        return Data.maps();
    }

    @Property
    void jacksonReadsTheSameData(@ForAll("data") Map<String, Object> data) throws IOException {
        try (CBORParser parser = JACKSON.createParser(codec.encode(data))) {
            parser.nextToken();
            assertThat(Data.comparable(read(parser))).isEqualTo(Data.comparable(misread(data)));
            assertThat(parser.nextToken()).isNull();
        }
    }

    @Property
    void readsWhatJacksonWrites(@ForAll("data") Map<String, Object> data) throws IOException {
        var out = new ByteArrayOutputStream();
        try (CBORGenerator generator = JACKSON.createGenerator(out)) {
            write(generator, data);
        }
        byte[] bytes = out.toByteArray();
        assertThat(Data.comparable(codec.decode(bytes, 0, bytes.length))).isEqualTo(Data.comparable(data));
        assertThat(codec.encode(data)).isEqualTo(bytes);
    }

    /**
     * What Jackson 2.18.2 makes of it. It is no oracle for big integers, alone or in decimals: it takes their bytes for signed
     * and negates them under tag 3, where RFC 8949 §3.4.3 has unsigned bytes and {@code -1 - n}. KnownBytesTest has those.
     */
    private static Object misread(Object value) {
        if (value instanceof Map<?, ?> map) {
            var changed = new LinkedHashMap<Object, Object>();
            map.forEach((key, entry) -> changed.put(key, misread(entry)));
            return changed;
        }
        if (value instanceof List<?> list) {
            return list.stream().map(JacksonOracleTest::misread).collect(ArrayList::new, List::add, List::addAll);
        }
        if (value instanceof BigDecimal decimal && decimal.unscaledValue().bitLength() >= Long.SIZE) {
            return new BigDecimal(misread(decimal.unscaledValue()), decimal.scale());
        }
        return value instanceof BigInteger whole ? misread(whole) : value;
    }

    private static BigInteger misread(BigInteger value) {
        byte[] bytes = unsigned(value);
        BigInteger signed = bytes.length == 0 ? BigInteger.ZERO : new BigInteger(bytes);
        return value.signum() < 0 ? signed.negate() : signed;
    }

    private static byte[] unsigned(BigInteger value) {
        byte[] bytes = (value.signum() < 0 ? value.not() : value).toByteArray();
        return bytes[0] == 0 ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
    }

    private static Object read(CBORParser parser) throws IOException {
        int tag = parser.getCurrentTag();
        JsonToken token = parser.currentToken();
        return switch (token) {
            case START_OBJECT ->
                tag == Cbor.TAG_INSTANT || tag == Cbor.TAG_DURATION ? time(tag, map(parser)) : map(parser);
            case START_ARRAY -> list(parser);
            case VALUE_STRING -> parser.getText();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(parser);
            case VALUE_EMBEDDED_OBJECT ->
                tag == Cbor.TAG_UUID ? uuid(parser.getBinaryValue()) : parser.getBinaryValue();
            default -> throw new IllegalStateException(token + " with tag " + tag);
        };
    }

    /** Where the data has no tag Jackson calls it an int, a long or a double, by its size. */
    private static Number number(CBORParser parser) throws IOException {
        return switch (parser.getNumberType()) {
            case INT, LONG -> parser.getLongValue();
            case DOUBLE -> parser.getDoubleValue();
            case BIG_INTEGER -> parser.getBigIntegerValue();
            case BIG_DECIMAL -> parser.getDecimalValue();
            default -> throw new IllegalStateException("a " + parser.getNumberType());
        };
    }

    private static UUID uuid(byte[] bytes) {
        var buffer = ByteBuffer.wrap(bytes);
        return new UUID(buffer.getLong(), buffer.getLong());
    }

    private static Object time(int tag, Map<String, Object> parts) {
        long seconds = (Long) parts.get("1");
        long nanos = (Long) parts.get("-9");
        return tag == Cbor.TAG_INSTANT ? Instant.ofEpochSecond(seconds, nanos) : Duration.ofSeconds(seconds, nanos);
    }

    private static Map<String, Object> map(CBORParser parser) throws IOException {
        var map = new LinkedHashMap<String, Object>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            parser.nextToken();
            map.put(key, read(parser));
        }
        return map;
    }

    private static List<Object> list(CBORParser parser) throws IOException {
        var list = new ArrayList<Object>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            list.add(read(parser));
        }
        return list;
    }

    private static void write(CBORGenerator generator, Object value) throws IOException {
        if (value instanceof Map<?, ?> map) {
            generator.writeStartObject(map, map.size());
            for (var entry : map.entrySet()) {
                generator.writeFieldName((String) entry.getKey());
                write(generator, entry.getValue());
            }
            generator.writeEndObject();
        } else if (value instanceof List<?> list) {
            generator.writeStartArray(list, list.size());
            for (Object element : list) {
                write(generator, element);
            }
            generator.writeEndArray();
        } else {
            writeScalar(generator, value);
        }
    }

    private static void writeScalar(CBORGenerator generator, Object value) throws IOException {
        if (value instanceof String text) {
            generator.writeString(text);
        } else if (value instanceof Long whole) {
            generator.writeNumber(whole);
        } else if (value instanceof Double real) {
            generator.writeNumber(real.isNaN() ? Double.NaN : real);
        } else if (value instanceof Boolean flag) {
            generator.writeBoolean(flag);
        } else if (value instanceof byte[] bytes) {
            generator.writeBinary(bytes);
        } else if (value instanceof BigInteger whole) {
            writeWhole(generator, whole);
        } else if (value instanceof BigDecimal decimal) {
            writeDecimal(generator, decimal);
        } else if (value instanceof Instant instant) {
            writeTime(generator, Cbor.TAG_INSTANT, instant.getEpochSecond(), instant.getNano());
        } else if (value instanceof Duration duration) {
            writeTime(generator, Cbor.TAG_DURATION, duration.getSeconds(), duration.getNano());
        } else if (value instanceof UUID uuid) {
            generator.writeTag(Cbor.TAG_UUID);
            generator.writeBinary(ByteBuffer.allocate(16)
                    .putLong(uuid.getMostSignificantBits())
                    .putLong(uuid.getLeastSignificantBits())
                    .array());
        } else {
            generator.writeNull();
        }
    }

    /** Not by Jackson's own method, see {@link #misread(Object)}. */
    private static void writeWhole(CBORGenerator generator, BigInteger value) throws IOException {
        generator.writeTag(value.signum() < 0 ? Cbor.TAG_NEGATIVE : Cbor.TAG_POSITIVE);
        generator.writeBinary(unsigned(value));
    }

    private static void writeDecimal(CBORGenerator generator, BigDecimal value) throws IOException {
        generator.writeTag(Cbor.TAG_DECIMAL);
        generator.writeStartArray(value, 2);
        generator.writeNumber(-(long) value.scale());
        if (value.unscaledValue().bitLength() < Long.SIZE) {
            generator.writeNumber(value.unscaledValue().longValueExact());
        } else {
            writeWhole(generator, value.unscaledValue());
        }
        generator.writeEndArray();
    }

    private static void writeTime(CBORGenerator generator, int tag, long seconds, int nanos) throws IOException {
        generator.writeTag(tag);
        generator.writeStartObject(null, 2);
        generator.writeFieldId(Cbor.KEY_SECONDS);
        generator.writeNumber(seconds);
        generator.writeFieldId(Cbor.KEY_NANOS);
        generator.writeNumber(nanos);
        generator.writeEndObject();
    }
}
