package symphony.crypto;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import symphony.api.crypto.EventCodec;
import symphony.api.event.Event;

/** Enough of a codec to test sealing with: maps, lists, texts, whole numbers, truth values, null. */
final class TinyCodec implements EventCodec {
    final AtomicInteger decoded = new AtomicInteger();

    @Override
    public byte[] encode(Object data) {
        var out = new ByteArrayOutputStream();
        try {
            write(new DataOutputStream(out), normalise(data));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private void write(DataOutputStream out, Object value) throws IOException {
        if (value == null) {
            out.writeByte('n');
        } else if (value instanceof Map<?, ?> map) {
            out.writeByte('m');
            out.writeInt(map.size());
            for (var entry : map.entrySet()) {
                write(out, entry.getKey());
                write(out, entry.getValue());
            }
        } else if (value instanceof List<?> list) {
            out.writeByte('l');
            out.writeInt(list.size());
            for (Object element : list) {
                write(out, element);
            }
        } else if (value instanceof String text) {
            out.writeByte('s');
            out.writeInt(text.length());
            out.writeChars(text);
        } else if (value instanceof Boolean truth) {
            out.writeByte(truth ? 't' : 'f');
        } else if (value instanceof Number number) {
            out.writeByte('i');
            out.writeLong(number.longValue());
        } else {
            throw new IllegalArgumentException("no data: " + value.getClass());
        }
    }

    private Object read(DataInputStream in) throws IOException {
        switch (in.readByte()) {
            case 'n':
                return null;
            case 't':
                return true;
            case 'f':
                return false;
            case 'i':
                return in.readLong();
            case 's':
                var text = new StringBuilder();
                for (int n = in.readInt(); n > 0; n--) {
                    text.append(in.readChar());
                }
                return text.toString();
            case 'l':
                var list = new ArrayList<>();
                for (int n = in.readInt(); n > 0; n--) {
                    list.add(read(in));
                }
                return Collections.unmodifiableList(list);
            case 'm':
                var map = new LinkedHashMap<String, Object>();
                for (int n = in.readInt(); n > 0; n--) {
                    map.put((String) read(in), read(in));
                }
                return Collections.unmodifiableMap(map);
            default:
                throw new IllegalArgumentException("no data");
        }
    }

    @Override
    public Map<String, Object> normalise(Object data) {
        var map = new LinkedHashMap<String, Object>();
        if (data instanceof Map<?, ?> given) {
            given.forEach((k, v) -> map.put(String.valueOf(k), v));
        } else {
            map.put(Event.VALUE, data);
        }
        return map;
    }

    @Override
    @SuppressWarnings("unchecked")
    public Map<String, Object> decode(byte[] bytes, int offset, int length) {
        decoded.incrementAndGet();
        try {
            return (Map<String, Object>) read(new DataInputStream(new ByteArrayInputStream(bytes, offset, length)));
        } catch (IOException e) {
            throw new IllegalArgumentException(e);
        }
    }

    @Override
    public <T> T decode(byte[] bytes, int offset, int length, Class<T> type) {
        return type.cast(decode(bytes, offset, length).get(Event.VALUE));
    }
}
