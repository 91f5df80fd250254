package symphony.scheduler;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.Envelope;
import symphony.api.crypto.EventSealer;
import symphony.api.crypto.OpenEvent;
import symphony.api.crypto.SealException;
import symphony.api.event.Event;

/** Makes well-formed plaintext envelopes and remembers what is in them. */
final class MapSealer implements EventSealer {
    private final Map<UUID, Event> events = new ConcurrentHashMap<>();
    private volatile Runnable beforeSeal = () -> {};
    /** What it writes as the key's id. */
    volatile int keyId;
    /** Keys that are destroyed. */
    final Set<Integer> destroyed = ConcurrentHashMap.newKeySet();

    /** Is run, from now on, before something is sealed. */
    void beforeSeal(Runnable action) {
        beforeSeal = action;
    }

    @Override
    public Envelope seal(CryptoContext context, Event event, UUID id, long publishedMillis, String publisher) {
        beforeSeal.run();
        if (event.data().equals(Map.of("bad", true))) {
            throw new IllegalArgumentException("data cannot be encoded");
        }
        Event.Builder copy = Event.on(event.topic())
                .id(id)
                .data(event.data())
                .priority(event.priority())
                .attributes(event.attributes());
        event.key().ifPresent(copy::key);
        event.timeToLive().ifPresent(copy::timeToLive);
        events.put(id, copy.build());
        var out = ByteBuffer.allocate(1_000);
        out.put((byte) 'S').put((byte) 'Y').put((byte) Envelope.VERSION).put((byte) Envelope.SUITE_NONE);
        out.put((byte) context.code());
        out.putInt(Envelope.KEY_ID_AT, keyId);
        out.putLong(Envelope.EVENT_ID_AT, id.getMostSignificantBits());
        out.putLong(Envelope.EVENT_ID_AT + Long.BYTES, id.getLeastSignificantBits());
        out.putLong(Envelope.PUBLISHED_AT, publishedMillis);
        out.put(Envelope.PRIORITY_AT, (byte) event.priority());
        out.position(Envelope.TOPIC_AT);
        text(out, event.topic());
        text(out, publisher);
        text(out, "");
        text(out, "");
        out.putInt(0);
        out.putShort(Envelope.HEADER_LENGTH_AT, (short) out.position());
        byte[] bytes = new byte[out.position()];
        out.flip().get(bytes);
        return Envelope.of(bytes);
    }

    private static void text(ByteBuffer out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.putShort((short) bytes.length).put(bytes);
    }

    @Override
    public OpenEvent open(CryptoContext context, Envelope envelope) {
        throw new UnsupportedOperationException("a scheduler reopens");
    }

    @Override
    public Event reopen(CryptoContext context, Envelope envelope) {
        Event event = events.get(envelope.eventId());
        if (event == null || envelope.context() != context.code() || destroyed.contains(envelope.keyId())) {
            throw new SealException();
        }
        return event;
    }

    @Override
    public boolean isDestroyed(CryptoContext context, int keyId) {
        return context == CryptoContext.SCHEDULE && destroyed.contains(keyId);
    }

    void forgetAll() {
        events.clear();
    }

    @Override
    public long orderKey(String key) {
        throw new UnsupportedOperationException("a scheduler needs no order keys");
    }
}
