package symphony.shell;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import symphony.api.event.Delivery;
import symphony.api.event.Event;

/** A delivery as the dispatcher would make it, without decoding. */
record FakeDelivery(Event event, UUID id, String subscription) implements Delivery {
    @Override
    public String topic() {
        return event.topic();
    }

    @Override
    public int priority() {
        return event.priority();
    }

    @Override
    public Instant publishedAt() {
        return Instant.EPOCH;
    }

    @Override
    public String publisher() {
        return "symphony.shell";
    }

    @Override
    public Optional<Instant> expiresAt() {
        return event.timeToLive().map(Rig.NOW::plus);
    }

    @Override
    public int attempt() {
        return 1;
    }

    @Override
    @SuppressWarnings("unchecked")
    public Map<String, Object> data() {
        return (Map<String, Object>) event.data();
    }

    @Override
    public String getString(String key) {
        return (String) data().get(key);
    }

    @Override
    public String getString(String key, String otherwise) {
        return (String) data().getOrDefault(key, otherwise);
    }

    @Override
    public long getLong(String key, long otherwise) {
        return (Long) data().getOrDefault(key, otherwise);
    }

    @Override
    public double getDouble(String key, double otherwise) {
        return (Double) data().getOrDefault(key, otherwise);
    }

    @Override
    public boolean getBoolean(String key, boolean otherwise) {
        return (Boolean) data().getOrDefault(key, otherwise);
    }

    @Override
    public Instant getInstant(String key, Instant otherwise) {
        return (Instant) data().getOrDefault(key, otherwise);
    }

    @Override
    public Duration getDuration(String key, Duration otherwise) {
        return (Duration) data().getOrDefault(key, otherwise);
    }

    @Override
    public <T> T as(Class<T> type) {
        return type.cast(data());
    }

    @Override
    public Map<String, String> attributes() {
        return event.attributes();
    }
}
