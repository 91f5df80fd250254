package symphony.eventsystem;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import symphony.api.event.Event;
import symphony.api.event.Recurrence;
import symphony.api.event.Refusal;
import symphony.api.event.Schedule;
import symphony.api.scheduler.EventScheduler;

/** Remembers what it was given. */
final class FakeScheduler implements EventScheduler {
    record Call(Event event, String owner, Object when) {}

    final List<Call> calls = new ArrayList<>();
    final List<Event> cancelled = new ArrayList<>();
    Runnable before = () -> {};

    @Override
    public Schedule schedule(Event event, String owner, Duration delay) {
        return schedule(new Call(event, owner, delay));
    }

    @Override
    public Schedule schedule(Event event, String owner, Instant at) {
        return schedule(new Call(event, owner, at));
    }

    @Override
    public Schedule schedule(Event event, String owner, Recurrence recurrence) {
        return schedule(new Call(event, owner, recurrence));
    }

    private Schedule schedule(Call call) {
        before.run();
        calls.add(call);
        return new Waiting(UUID.randomUUID(), call.event(), call.owner(), cancelled);
    }

    @Override
    public List<Schedule> scheduled(int most) {
        return List.of();
    }

    @Override
    public Optional<Schedule> find(UUID id) {
        return Optional.empty();
    }

    @Override
    public int cancelAll(String owner) {
        return 0;
    }

    @Override
    public int count() {
        return calls.size();
    }

    private record Waiting(UUID id, Event event, String owner, List<Event> cancelled) implements Schedule {
        @Override
        public String topic() {
            return event.topic();
        }

        @Override
        public Optional<Instant> next() {
            return Optional.of(Instant.EPOCH);
        }

        @Override
        public State state() {
            return State.WAITING;
        }

        @Override
        public Optional<Refusal> refusal() {
            return Optional.empty();
        }

        @Override
        public boolean cancel() {
            return cancelled.add(event);
        }
    }
}
