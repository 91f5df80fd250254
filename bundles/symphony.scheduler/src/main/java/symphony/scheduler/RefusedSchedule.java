package symphony.scheduler;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import symphony.api.event.Refusal;
import symphony.api.event.Schedule;

/** A schedule that was not taken. */
record RefusedSchedule(UUID id, String topic, String owner, Optional<Refusal> refusal) implements Schedule {
    @Override
    public Optional<Instant> next() {
        return Optional.empty();
    }

    @Override
    public State state() {
        return State.REFUSED;
    }

    @Override
    public boolean cancel() {
        return false;
    }
}
