package symphony.queue.contract;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.Envelope;

/** Makes well-formed envelopes for tests: suite 0, so nothing is sealed. Thread-safe. */
public final class Envelopes {
    private static final AtomicLong LAST_ID = new AtomicLong();
    private static final String PUBLISHER = "symphony.queue.contract";

    private Envelopes() {}

    /**
     * An envelope without payload that never expires.
     *
     * @param topic its topic
     * @param priority 0 to 9
     * @return a new envelope with an id of its own
     */
    public static Envelope of(String topic, int priority) {
        return of(topic, priority, 0, 0);
    }

    /**
     * An envelope.
     *
     * @param topic its topic
     * @param priority 0 to 9
     * @param expires epoch milliseconds, 0 = never
     * @param payload bytes of payload, zeros
     * @return a new envelope with an id of its own
     */
    public static Envelope of(String topic, int priority, long expires, int payload) {
        return of(new UUID(0, LAST_ID.incrementAndGet()), topic, priority, 0, expires, new byte[payload]);
    }

    /**
     * An envelope of an exact size.
     *
     * @param bytes its size, enough for a header
     * @return a new envelope with an id of its own
     */
    public static Envelope sized(int bytes) {
        int smallest = of("sized", 5, 0, 0).size();
        return of("sized", 5, 0, bytes - smallest);
    }

    /**
     * An envelope with everything given.
     *
     * @param id the event's id
     * @param topic its topic
     * @param priority 0 to 9
     * @param published epoch milliseconds
     * @param expires epoch milliseconds, 0 = never
     * @param payload its data
     * @return a new envelope
     */
    public static Envelope of(UUID id, String topic, int priority, long published, long expires, byte[] payload) {
        return of(id, PUBLISHER, topic, priority, published, expires, payload);
    }

    /**
     * An envelope of another publisher than the contract.
     *
     * @param id the event's id
     * @param by its publisher
     * @param topic its topic
     * @param priority 0 to 9
     * @param published epoch milliseconds
     * @param expires epoch milliseconds, 0 = never
     * @param payload its data
     * @return a new envelope
     */
    public static Envelope of(
            UUID id, String by, String topic, int priority, long published, long expires, byte[] payload) {
        byte[] name = topic.getBytes(StandardCharsets.UTF_8);
        byte[] publisher = by.getBytes(StandardCharsets.UTF_8);
        // Three texts and the extension have a length of two bytes each; the schema and the extension are empty.
        int header = Envelope.TOPIC_AT + 4 * Short.BYTES + name.length + publisher.length + Integer.BYTES;
        ByteBuffer out = ByteBuffer.allocate(header + payload.length);
        out.put((byte) 'S').put((byte) 'Y').put((byte) Envelope.VERSION).put((byte) Envelope.SUITE_NONE);
        out.put((byte) CryptoContext.EVENT.code()).put((byte) 0).putShort((short) header);
        // Key id, salt, commitment and nonce are zeros in this suite.
        out.position(Envelope.EVENT_ID_AT);
        out.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
        out.putLong(published).putLong(expires).put((byte) priority);
        out.putShort((short) name.length).put(name);
        out.putShort((short) publisher.length).put(publisher);
        out.putShort((short) 0).putShort((short) 0).putInt(payload.length).put(payload);
        return Envelope.of(out.array());
    }
}
