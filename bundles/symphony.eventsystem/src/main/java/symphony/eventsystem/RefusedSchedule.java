package symphony.eventsystem;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import symphony.api.event.Refusal;
import symphony.api.event.Schedule;

/** Of an event that no scheduler took. */
record RefusedSchedule(UUID id, String topic, String owner, Refusal why) implements Schedule {
    @Override
    public Optional<Instant> next() {
        return Optional.empty();
    }

    @Override
    public State state() {
        return State.REFUSED;
    }

    @Override
    public Optional<Refusal> refusal() {
        return Optional.of(why);
    }

    @Override
    public boolean cancel() {
        return false;
    }
}
