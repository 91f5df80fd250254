package symphony.shell;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import symphony.api.crypto.Envelope;
import symphony.api.queue.Capability;
import symphony.api.queue.DeadLetter;
import symphony.api.queue.DeadLetterFilter;
import symphony.api.queue.DeadLetters;
import symphony.api.queue.DeadReason;
import symphony.api.queue.EventQueue;
import symphony.api.queue.Offer;
import symphony.api.queue.QueueProvider;
import symphony.api.queue.QueueSpec;
import symphony.api.queue.QueuedEvent;
import symphony.api.queue.Target;

/** Dead letters that can be looked at and sent away. */
final class FakeQueues implements QueueProvider, DeadLetters {
    final Map<Long, DeadLetter> letters = new TreeMap<>();
    final List<String> calls = new ArrayList<>();
    final List<QueuedEvent> queued = new ArrayList<>();
    private final String kind;
    volatile boolean full;
    /** Calls that succeed before it is full; negative for all. */
    volatile int fullAfter = -1;

    volatile long discarded;
    /** Which other must be re-driven before one. */
    final Map<Long, Long> before = new TreeMap<>();

    FakeQueues(String kind) {
        this.kind = kind;
    }

    FakeQueues with(long number, String subscription, String topic, String detail) {
        letters.put(
                number,
                new DeadLetter(
                        number,
                        subscription,
                        envelope(topic),
                        DeadReason.ATTEMPTS,
                        "java.io.IOException",
                        detail,
                        5,
                        100 - number, // whoever died last came first
                        0,
                        Rig.NOW.minusSeconds(100),
                        Rig.NOW.minusSeconds(90)));
        return this;
    }

    /** A plaintext envelope, laid out as {@link Envelope} says. */
    static Envelope envelope(String topic) {
        byte[] name = topic.getBytes(StandardCharsets.UTF_8);
        byte[] publisher = "some.bundle".getBytes(StandardCharsets.UTF_8);
        int header = Envelope.TOPIC_AT + 2 + name.length + 2 + publisher.length + 2 + 2 + 4;
        var out = ByteBuffer.allocate(header);
        out.put((byte) 'S')
                .put((byte) 'Y')
                .put((byte) 1)
                .put((byte) 0)
                .put((byte) 1)
                .put((byte) 0);
        out.putShort((short) header);
        out.position(Envelope.EVENT_ID_AT + 15).put((byte) 9);
        out.position(Envelope.PRIORITY_AT).put((byte) 3);
        out.putShort((short) name.length).put(name);
        out.putShort((short) publisher.length).put(publisher);
        out.putShort((short) 0).putShort((short) 0).putInt(0);
        return Envelope.of(out.array());
    }

    @Override
    public String kind() {
        return kind;
    }

    @Override
    public Set<Capability> capabilities() {
        return Set.of();
    }

    @Override
    public EventQueue open(QueueSpec spec) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<QueueSpec> queues() {
        return List.of();
    }

    @Override
    public List<Offer> push(String topic, List<Target> targets, Duration maxWait) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<QueuedEvent> find(UUID eventId) {
        return queued.stream()
                .filter(event -> event.envelope().eventId().equals(eventId))
                .toList();
    }

    @Override
    public DeadLetters deadLetters() {
        return this;
    }

    @Override
    public int forget(String identity) {
        return 0;
    }

    @Override
    public List<DeadLetter> list(String subscription, int most) {
        return letters.values().stream()
                .filter(letter ->
                        subscription.isEmpty() || letter.subscription().equals(subscription))
                .limit(most)
                .toList();
    }

    @Override
    public List<DeadLetter> list(DeadLetterFilter filter) {
        return letters.values().stream()
                .filter(filter::matches)
                .sorted(Comparator.comparing(DeadLetter::subscription).thenComparingLong(DeadLetter::sequence))
                .toList();
    }

    @Override
    public Optional<DeadLetter> find(long number) {
        return Optional.ofNullable(letters.get(number));
    }

    @Override
    public Offer redrive(long number) {
        calls.add("redrive " + number);
        if (full || fullAfter >= 0 && calls.size() > fullAfter) {
            return new Offer.Refused(symphony.api.event.Refusal.Reason.FULL, "holds 10000 events");
        }
        if (before.containsKey(number) && letters.containsKey(before.get(number))) {
            return new Offer.Refused(symphony.api.event.Refusal.Reason.ORDER, "re-drive that one first");
        }
        letters.remove(number);
        return new Offer.Accepted(number);
    }

    @Override
    public boolean drop(long number) {
        calls.add("drop " + number);
        return letters.remove(number) != null;
    }

    @Override
    public int count() {
        return letters.size();
    }

    @Override
    public long bytes() {
        return 0;
    }

    @Override
    public long discarded() {
        return discarded;
    }
}
