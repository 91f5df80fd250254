package symphony.shell;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import symphony.api.event.Event;
import symphony.api.event.Recurrence;
import symphony.api.event.Schedule;
import symphony.api.scheduler.EventScheduler;

/** Shows the schedules that a {@link FakeEvents} made. */
record FakeScheduler(FakeEvents events) implements EventScheduler {
    @Override
    public Schedule schedule(Event event, String owner, Duration delay) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Schedule schedule(Event event, String owner, Instant at) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Schedule schedule(Event event, String owner, Recurrence recurrence) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<Schedule> scheduled(int most) {
        return events.schedules.stream()
                .filter(s -> s.state() == Schedule.State.WAITING)
                .limit(most)
                .map(Schedule.class::cast)
                .toList();
    }

    @Override
    public Optional<Schedule> find(UUID id) {
        return scheduled(Integer.MAX_VALUE).stream()
                .filter(s -> s.id().equals(id))
                .findFirst();
    }

    @Override
    public int cancelAll(String owner) {
        return 0;
    }

    @Override
    public int count() {
        return scheduled(Integer.MAX_VALUE).size();
    }
}
