package symphony.crypto;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.Envelope;
import symphony.api.crypto.EventCodec;
import symphony.api.event.Event;

/** Lays out and reads envelopes as {@link Envelope} describes them: header, payload and tag in one array. */
final class Envelopes {
    static final int MAX_PUBLISHER_BYTES = 255;

    /** Behind the topic: lengths of topic, publisher, schema, extension (2 bytes each) and payload (4). */
    private static final int LENGTHS_BYTES = 4 * Short.BYTES + Integer.BYTES;

    private static final byte[] MAGIC = {'S', 'Y'};

    private Envelopes() {}

    /** What is sealed and as what: the arguments of a seal. */
    record Content(CryptoContext context, Event event, UUID id, long publishedMillis, String publisher) {}

    /** A message whose payload is still plaintext and whose seal block is still zeros. */
    static Message layOut(EventCodec codec, Suite suite, Content content) {
        Event event = content.event();
        byte[] topic = event.topic().getBytes(StandardCharsets.UTF_8);
        byte[] publisher = Text.utf8("publisher", content.publisher(), MAX_PUBLISHER_BYTES);
        byte[] metadata = Metadata.encode(event);
        int header = Envelope.TOPIC_AT + LENGTHS_BYTES + topic.length + publisher.length;
        int data = header + Payload.METADATA_AT + metadata.length;
        byte[] bytes = codec.encode(event.data(), data, suite.tagBytes());
        int payload = bytes.length - header - suite.tagBytes();
        ByteBuffer out = ByteBuffer.wrap(bytes);
        putFixed(out, suite.code(), header, content);
        putText(out, topic);
        putText(out, publisher);
        out.putShort((short) 0).putShort((short) 0).putInt(payload);
        putText(out, metadata);
        return Message.ofEnvelope(bytes, header);
    }

    private static void putFixed(ByteBuffer out, int suite, int headerBytes, Content content) {
        out.put(MAGIC)
                .put((byte) Envelope.VERSION)
                .put((byte) suite)
                .put((byte) content.context().code())
                .put((byte) 0)
                .putShort((short) headerBytes)
                .position(Envelope.EVENT_ID_AT)
                .putLong(content.id().getMostSignificantBits())
                .putLong(content.id().getLeastSignificantBits())
                .putLong(content.publishedMillis())
                .putLong(expiresMillis(content))
                .put((byte) content.event().priority());
    }

    private static void putText(ByteBuffer out, byte[] text) {
        out.putShort((short) text.length).put(text);
    }

    /** Saturates; never 0, which means for ever, where there is a time to live. */
    static long expiresMillis(Content content) {
        Duration timeToLive = content.event().timeToLive().orElse(null);
        return timeToLive == null ? 0 : Math.max(1, saturatedSum(content.publishedMillis(), millis(timeToLive)));
    }

    private static long millis(Duration time) {
        return time.getSeconds() >= Long.MAX_VALUE / 1000 ? Long.MAX_VALUE : time.toMillis();
    }

    /** {@code b} is positive. */
    private static long saturatedSum(long a, long b) {
        return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
    }

    /** Throws if it cannot be this process's and this context's; the rest is for the suite to find. */
    static Message read(Suite suite, CryptoContext context, Envelope envelope) throws NotOpenedException {
        if (envelope.suite() != suite.code()) {
            throw new NotOpenedException(OpenFailure.SUITE);
        }
        if (envelope.context() != context.code()) {
            throw new NotOpenedException(OpenFailure.CONTEXT);
        }
        return Message.ofEnvelope(envelope.bytes(), envelope.headerSize());
    }
}
