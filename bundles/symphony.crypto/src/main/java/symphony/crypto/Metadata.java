package symphony.crypto;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import symphony.api.event.Event;

/**
 * What stands before the data in a payload: the publisher's key, then names and values of the attributes, each UTF-8 behind
 * a length of two bytes; an empty key is none. Nothing at all if there is neither. At most {@value #MAX_BYTES} bytes.
 */
final class Metadata {
    static final int MAX_BYTES = 0xffff;

    private static final byte[] NOTHING = {};

    private Metadata() {}

    static byte[] encode(Event event) {
        if (event.key().isEmpty() && event.attributes().isEmpty()) {
            return NOTHING;
        }
        var texts = new ArrayList<byte[]>();
        texts.add(utf8(event, "key", event.key().orElse("")));
        event.attributes().forEach((name, value) -> {
            texts.add(utf8(event, "name of an attribute", name));
            texts.add(utf8(event, "attribute", value));
        });
        return join(event, texts);
    }

    private static byte[] utf8(Event event, String what, String text) {
        return Text.utf8("event on " + event.topic() + ": " + what, text, MAX_BYTES);
    }

    private static byte[] join(Event event, List<byte[]> texts) {
        long size = texts.stream().mapToLong(t -> Short.BYTES + (long) t.length).sum();
        if (size > MAX_BYTES) {
            throw new IllegalArgumentException("event on " + event.topic() + ": key and attributes have " + size
                    + " bytes, at most " + MAX_BYTES + " are allowed; move some into the data");
        }
        var out = ByteBuffer.allocate((int) size);
        texts.forEach(t -> out.putShort((short) t.length).put(t));
        return out.array();
    }

    /** Whether the bytes are texts to the last one, and as many as a key and pairs make. */
    static boolean isWellFormed(byte[] bytes, int from, int to) {
        int at = from;
        int texts = 0;
        while (at < to) {
            if (to - at < Short.BYTES) {
                return false;
            }
            at += Short.BYTES + length(bytes, at);
            texts++;
        }
        return at == to && (texts == 0 || (texts & 1) == 1);
    }

    /** The key, empty if there is none. */
    static String key(byte[] bytes, int from, int to) {
        return from == to ? "" : text(bytes, from);
    }

    static Map<String, String> attributes(byte[] bytes, int from, int to) {
        if (from == to) {
            return Map.of();
        }
        var attributes = new LinkedHashMap<String, String>();
        int at = next(bytes, from);
        while (at < to) {
            String name = text(bytes, at);
            at = next(bytes, at);
            attributes.put(name, text(bytes, at));
            at = next(bytes, at);
        }
        return Map.copyOf(attributes);
    }

    private static int length(byte[] bytes, int at) {
        return (bytes[at] & 0xff) << 8 | bytes[at + 1] & 0xff;
    }

    private static int next(byte[] bytes, int at) {
        return at + Short.BYTES + length(bytes, at);
    }

    private static String text(byte[] bytes, int at) {
        return new String(bytes, at + Short.BYTES, length(bytes, at), StandardCharsets.UTF_8);
    }
}
