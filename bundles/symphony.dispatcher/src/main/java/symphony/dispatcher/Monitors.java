package symphony.dispatcher;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import symphony.api.crypto.Envelope;
import symphony.api.dispatcher.EventMonitor;
import symphony.api.dispatcher.MonitorEntry;
import symphony.api.dispatcher.MonitorEntry.Kind;
import symphony.api.event.Event;
import symphony.api.event.Refusal;
import symphony.api.event.TopicFilter;
import symphony.api.queue.DeadReason;
import symphony.component.Guard;

/** The streams that are open, and what they are told of. While there is none, telling is one volatile read. Thread-safe. */
final class Monitors implements AutoCloseable {
    private static final int MOST_STREAMS = 64;
    private static final MonitorRing[] NOBODY = {};

    private final Guard guard;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile MonitorRing[] rings = NOBODY; // written under lock
    private boolean closed; // guarded by lock

    Monitors(Guard guard, InstantSource clock) {
        this.guard = guard;
        this.clock = clock;
    }

    /** Opens a stream for a caller, see {@link EventMonitor#open}. */
    MonitorRing open(String caller, String topicFilter, int capacity) {
        TopicFilter filter = TopicFilter.of(topicFilter);
        if (capacity < 1 || capacity > EventMonitor.MAX_CAPACITY) {
            throw new IllegalArgumentException("monitor of " + filter + ": capacity is " + capacity + ", must be 1 to "
                    + EventMonitor.MAX_CAPACITY);
        }
        Runnable check = () -> guard.check(caller, "event", "monitor", filter.toString());
        check.run();
        var ring = new Opened(filter, capacity, check);
        add(ring.stream);
        return ring.stream;
    }

    /** Ties a ring to its removal. */
    private final class Opened {
        final MonitorRing stream;

        Opened(TopicFilter filter, int capacity, Runnable check) {
            stream = new MonitorRing(filter, capacity, check, this::remove);
        }

        private void remove() {
            Monitors.this.remove(stream);
        }
    }

    private void add(MonitorRing ring) {
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException(ring + ": the dispatcher has stopped; open it anew when it is back");
            }
            if (rings.length >= MOST_STREAMS) {
                throw new IllegalStateException(
                        ring + ": " + rings.length + " streams are open, no more are allowed; close some");
            }
            MonitorRing[] more = Arrays.copyOf(rings, rings.length + 1);
            more[rings.length] = ring;
            rings = more;
        } finally {
            lock.unlock();
        }
    }

    private void remove(MonitorRing ring) {
        lock.lock();
        try {
            rings = Arrays.stream(rings).filter(other -> other != ring).toArray(MonitorRing[]::new);
        } finally {
            lock.unlock();
        }
    }

    // ---- what happens ----

    /** What is told of an event in each entry. */
    private record Subject(UUID id, String topic, int priority, String publisher, Instant published) {
        static Subject of(Envelope envelope) {
            return new Subject(
                    envelope.eventId(),
                    envelope.topic(),
                    envelope.priority(),
                    envelope.publisher(),
                    Instant.ofEpochMilli(envelope.publishedMillis()));
        }

        static Subject of(UUID id, Event event, String publisher, Instant now) {
            return new Subject(id, event.topic(), event.priority(), publisher, now);
        }

        MonitorEntry entry(Kind kind, Instant at, String subscription, int attempt, String reason, String detail) {
            return new MonitorEntry(
                    kind, at, id, topic, priority, publisher, published, subscription, attempt, reason, detail);
        }
    }

    /** An event came in. */
    void published(UUID id, Event event, String publisher) {
        tellOf(id, event, publisher, (subject, now) -> subject.entry(Kind.PUBLISHED, now, "", 0, "", ""));
    }

    /** No subscription wants an event. */
    void unhandled(UUID id, Event event, String publisher) {
        tellOf(id, event, publisher, (subject, now) -> subject.entry(Kind.UNHANDLED, now, "", 0, "", ""));
    }

    /** No subscription is there any more that wanted an event. */
    void unhandled(Envelope envelope) {
        tellOf(envelope, (subject, now) -> subject.entry(Kind.UNHANDLED, now, "", 0, "", ""));
    }

    /** Nobody was asked whether he wants an event. */
    void refused(UUID id, Event event, String publisher, Refusal why) {
        tellOf(id, event, publisher, (subject, now) -> refusal(subject, now, why));
    }

    /** A subscription refused an event; an empty one stands for the dispatcher. */
    void refused(Envelope envelope, Refusal why) {
        tellOf(envelope, (subject, now) -> refusal(subject, now, why));
    }

    private static MonitorEntry refusal(Subject subject, Instant now, Refusal why) {
        return subject.entry(
                Kind.REFUSED, now, why.subscription(), 0, why.reason().name(), why.detail());
    }

    /** A subscription has an event already. */
    void duplicate(Envelope envelope, String subscription) {
        tellOf(envelope, (subject, now) -> subject.entry(Kind.DUPLICATE, now, subscription, 0, "", ""));
    }

    /** A call ended well. */
    void delivered(Call call) {
        tellOf(call, Kind.DELIVERED, "", "");
    }

    /** A call failed, and is tried again. */
    void failed(Call call, String detail) {
        tellOf(call, Kind.FAILED, "", detail);
    }

    /** An event is given up. */
    void dead(Call call, DeadReason reason, String detail) {
        tellOf(call, Kind.DEAD, reason.name(), detail);
    }

    /** An event was not handled in time. */
    void expired(String subscription, Envelope envelope) {
        tellOf(envelope, (subject, now) -> subject.entry(Kind.EXPIRED, now, subscription, 0, "", ""));
    }

    /** An event is given up without a call of its own. */
    void dead(String subscription, Envelope envelope, DeadReason reason, String detail) {
        tellOf(envelope, (subject, now) -> subject.entry(Kind.DEAD, now, subscription, 0, reason.name(), detail));
    }

    private void tellOf(Call call, Kind kind, String reason, String detail) {
        if (rings.length > 0) {
            int attempt = call.lease.item().attempt() + 1;
            tellOf(
                    call.lease.item().envelope(),
                    (subject, now) -> subject.entry(kind, now, call.lane.identity, attempt, reason, detail));
        }
    }

    private interface Making {
        MonitorEntry entry(Subject subject, Instant now);
    }

    private void tellOf(UUID id, Event event, String publisher, Making making) {
        if (rings.length > 0) {
            tell(now -> making.entry(Subject.of(id, event, publisher, now), now), event.topic());
        }
    }

    private void tellOf(Envelope envelope, Making making) {
        if (rings.length > 0) {
            Subject subject = Subject.of(envelope);
            tell(now -> making.entry(subject, now), subject.topic());
        }
    }

    private void tell(Function<Instant, MonitorEntry> making, String topic) {
        MonitorEntry entry = null;
        for (MonitorRing ring : rings) {
            if (ring.filter.matches(topic)) {
                if (entry == null) {
                    entry = making.apply(clock.instant());
                }
                ring.offer(entry);
            }
        }
    }

    /** Ends all streams, and opens none any more. */
    @Override
    public void close() {
        List<MonitorRing> all;
        lock.lock();
        try {
            closed = true;
            all = new ArrayList<>(Arrays.asList(rings));
        } finally {
            lock.unlock();
        }
        all.forEach(MonitorRing::close);
    }
}
