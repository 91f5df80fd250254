package symphony.shell;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import symphony.api.event.Event;
import symphony.api.event.EventHandler;
import symphony.api.event.EventSystem;
import symphony.api.event.HandlerConstants;
import symphony.api.event.Receipt;
import symphony.api.event.Recurrence;
import symphony.api.event.Refusal;
import symphony.api.event.Schedule;
import symphony.api.event.Subscription;
import symphony.api.event.TopicFilter;
import symphony.api.event.TypedHandler;
import symphony.api.scheduler.EventScheduler;

/** An event system that calls its handlers on the publisher's thread, and remembers. */
final class FakeEvents implements EventSystem {
    record FakeReceipt(UUID eventId, int accepted, List<Refusal> refusals, boolean routedRemotely) implements Receipt {}

    /** What a closed session and others are told with. */
    final class Handle implements Subscription {
        final Map<String, ?> properties;
        final EventHandler handler;
        final List<TopicFilter> topics;
        /** The thread that calls the handler now; closing would wait for any other. */
        volatile Thread caller;

        Handle(Map<String, ?> properties, EventHandler handler) {
            this.properties = properties;
            this.handler = handler;
            this.topics = List.of(TopicFilter.of(((String[]) properties.get(HandlerConstants.TOPICS))[0]));
        }

        @Override
        public String identity() {
            return "symphony.shell/" + properties.get(HandlerConstants.SUBSCRIPTION);
        }

        @Override
        public List<TopicFilter> topics() {
            return topics;
        }

        @Override
        public void close() {
            if (caller != null && caller != Thread.currentThread()) {
                failures.add(new IllegalStateException(identity() + " is closed by another thread than calls it"));
            }
            handles.remove(this);
        }
    }

    final List<Event> published = new CopyOnWriteArrayList<>();
    final Queue<Duration> waits = new ConcurrentLinkedQueue<>();
    final List<Handle> handles = new CopyOnWriteArrayList<>();
    final List<Exception> failures = new CopyOnWriteArrayList<>();
    final List<FakeSchedule> schedules = new CopyOnWriteArrayList<>();
    final CountDownLatch subscribed = new CountDownLatch(1);
    /** Answers publishes instead of the handlers, where it gives a receipt. */
    volatile Function<Event, Receipt> answers = event -> null;

    static Receipt refused(String subscription, Refusal.Reason reason, String detail) {
        return new FakeReceipt(new UUID(0, 7), 0, List.of(new Refusal(subscription, reason, detail)), false);
    }

    static Receipt taken(int by) {
        return new FakeReceipt(new UUID(0, 7), by, List.of(), false);
    }

    @Override
    public Receipt publish(String topic, Object data) {
        return publish(Event.on(topic).data(data).build());
    }

    @Override
    public Receipt publish(Event event) {
        return publish(event, Duration.ZERO);
    }

    @Override
    public Receipt publish(Event event, Duration maxWait) {
        waits.add(maxWait);
        Receipt answer = answers.apply(event);
        if (answer != null) {
            return answer;
        }
        published.add(event);
        int accepted = 0;
        UUID id = event.id().orElse(new UUID(0, published.size()));
        for (Handle handle : handles) {
            if (handle.topics.get(0).matches(event.topic())) {
                accepted++;
                deliver(handle, event, id);
            }
        }
        return new FakeReceipt(id, accepted, List.of(), false);
    }

    private void deliver(Handle handle, Event event, UUID id) {
        handle.caller = Thread.currentThread();
        try {
            handle.handler.handle(new FakeDelivery(event, id, handle.identity()));
        } catch (Exception e) {
            failures.add(e);
        } finally {
            handle.caller = null;
        }
    }

    @Override
    public CompletionStage<Receipt> publishAsync(Event event) {
        return CompletableFuture.completedFuture(publish(event));
    }

    @Override
    public Receipt retry(Receipt receipt) {
        return taken(1);
    }

    @Override
    public Subscription subscribe(String topicFilter, EventHandler handler) {
        throw new UnsupportedOperationException();
    }

    @Override
    public <T> Subscription subscribe(String topicFilter, Class<T> type, TypedHandler<T> handler) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Subscription subscribe(Map<String, ?> properties, EventHandler handler) {
        var handle = new Handle(properties, handler);
        handles.add(handle);
        subscribed.countDown();
        return handle;
    }

    @Override
    public Schedule schedule(Event event, Duration delay) {
        if (delay.compareTo(EventScheduler.MAX_DELAY) > 0) {
            throw new IllegalArgumentException("delay is " + delay + ", must be 0 to " + EventScheduler.MAX_DELAY);
        }
        return schedule(event, Rig.NOW.plus(delay));
    }

    @Override
    public Schedule schedule(Event event, Instant at) {
        var schedule = new FakeSchedule(new UUID(0x0197_6f0c_7c5e_7000L, schedules.size() + 1L), event, at);
        schedules.add(schedule);
        return schedule;
    }

    @Override
    public Schedule schedule(Event event, Recurrence recurrence) {
        var schedule = (FakeSchedule) schedule(event, Rig.NOW.plusSeconds(1));
        schedule.recurrence = Optional.of(recurrence);
        return schedule;
    }

    List<String> names() {
        var names = new ArrayList<String>();
        handles.forEach(handle -> names.add(handle.identity()));
        return names;
    }

    /** A schedule that never fires. */
    static final class FakeSchedule implements Schedule {
        final UUID id;
        final Event event;
        final Instant at;
        volatile State state = State.WAITING;
        volatile Optional<Recurrence> recurrence = Optional.empty();
        volatile long fired;
        volatile long skipped;

        FakeSchedule(UUID id, Event event, Instant at) {
            this.id = id;
            this.event = event;
            this.at = at;
        }

        @Override
        public UUID id() {
            return id;
        }

        @Override
        public String topic() {
            return event.topic();
        }

        @Override
        public String owner() {
            return "symphony.shell";
        }

        @Override
        public Optional<Instant> next() {
            return state == State.WAITING ? Optional.of(at) : Optional.empty();
        }

        @Override
        public Optional<Recurrence> recurrence() {
            return recurrence;
        }

        @Override
        public long fired() {
            return fired;
        }

        @Override
        public long skipped() {
            return skipped;
        }

        @Override
        public State state() {
            return state;
        }

        @Override
        public Optional<Refusal> refusal() {
            return Optional.empty();
        }

        @Override
        public boolean cancel() {
            boolean waited = state == State.WAITING;
            state = waited ? State.CANCELLED : state;
            return waited;
        }
    }
}
