package symphony.dispatcher;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import symphony.api.crypto.Envelope;
import symphony.api.crypto.OpenEvent;
import symphony.api.event.Delivery;

/** An opened event on its way into a handler. Immutable to whoever looks; keeps nothing of the handler. */
final class HandlerDelivery implements Delivery {
    private final Envelope envelope;
    private final OpenEvent event;
    private final String subscription;
    private final int attempt;

    /** Made when somebody asks, perhaps more than once by several threads; null before. */
    private String topic;

    private String publisher;

    HandlerDelivery(Envelope envelope, OpenEvent event, String subscription, int attempt) {
        this.envelope = envelope;
        this.event = event;
        this.subscription = subscription;
        this.attempt = attempt;
    }

    @Override
    public UUID id() {
        return envelope.eventId();
    }

    @Override
    public String topic() {
        String known = topic;
        if (known == null) {
            known = envelope.topic();
            topic = known;
        }
        return known;
    }

    @Override
    public int priority() {
        return envelope.priority();
    }

    @Override
    public Instant publishedAt() {
        return Instant.ofEpochMilli(envelope.publishedMillis());
    }

    @Override
    public String publisher() {
        String known = publisher;
        if (known == null) {
            known = envelope.publisher();
            publisher = known;
        }
        return known;
    }

    @Override
    public Optional<Instant> expiresAt() {
        long millis = envelope.expiresMillis();
        return millis == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
    }

    @Override
    public int attempt() {
        return attempt;
    }

    @Override
    public String subscription() {
        return subscription;
    }

    @Override
    public Map<String, Object> data() {
        return event.data();
    }

    @Override
    public String getString(String key) {
        String text = value(key, String.class, "text");
        if (text == null) {
            throw new IllegalArgumentException("event on " + topic() + ": '" + key + "' is missing, must be text");
        }
        return text;
    }

    @Override
    public String getString(String key, String otherwise) {
        return or(value(key, String.class, "text"), otherwise);
    }

    @Override
    public long getLong(String key, long otherwise) {
        Object value = data().get(key);
        if (value instanceof BigInteger big && big.bitLength() < Long.SIZE) {
            return big.longValueExact();
        }
        Long number = value(key, Long.class, "a whole number of 64 bits");
        return number == null ? otherwise : number;
    }

    @Override
    public double getDouble(String key, double otherwise) {
        Number number = value(key, Number.class, "a number");
        return number == null ? otherwise : number.doubleValue();
    }

    @Override
    public boolean getBoolean(String key, boolean otherwise) {
        Boolean flag = value(key, Boolean.class, "true or false");
        return flag == null ? otherwise : flag;
    }

    @Override
    public Instant getInstant(String key, Instant otherwise) {
        return or(value(key, Instant.class, "an instant"), otherwise);
    }

    @Override
    public Duration getDuration(String key, Duration otherwise) {
        return or(value(key, Duration.class, "a duration"), otherwise);
    }

    private static <T> T or(T value, T otherwise) {
        return value == null ? otherwise : value;
    }

    private <T> T value(String key, Class<T> type, String wanted) {
        Object value = data().get(key);
        if (value == null || type.isInstance(value)) {
            return type.cast(value);
        }
        throw new IllegalArgumentException("event on " + topic() + ": '" + key + "' is of type "
                + value.getClass().getSimpleName() + ", must be " + wanted);
    }

    @Override
    public <T> T as(Class<T> type) {
        try {
            return event.as(type);
        } catch (IllegalArgumentException e) {
            throw new MismatchException(e);
        }
    }

    @Override
    public Map<String, String> attributes() {
        return event.attributes();
    }

    /** What and which attempt, never the data. */
    @Override
    public String toString() {
        return topic() + " " + id() + " (attempt " + attempt + ")";
    }
}
