package symphony.scheduler;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import symphony.api.event.Recurrence;
import symphony.api.event.Refusal;
import symphony.api.event.Schedule;

/**
 * The schedule of another bundle, as somebody found it.
 *
 * @param schedule that of the owner
 * @param check throws {@code AccessDeniedException} if the finder may not cancel the one of this id
 */
record OthersSchedule(Schedule schedule, Consumer<UUID> check) implements Schedule {
    @Override
    public boolean cancel() {
        check.accept(schedule.id());
        return schedule.cancel();
    }

    @Override
    public UUID id() {
        return schedule.id();
    }

    @Override
    public String topic() {
        return schedule.topic();
    }

    @Override
    public String owner() {
        return schedule.owner();
    }

    @Override
    public Optional<Instant> next() {
        return schedule.next();
    }

    @Override
    public State state() {
        return schedule.state();
    }

    @Override
    public Optional<Refusal> refusal() {
        return schedule.refusal();
    }

    @Override
    public Optional<Recurrence> recurrence() {
        return schedule.recurrence();
    }

    @Override
    public long fired() {
        return schedule.fired();
    }

    @Override
    public long skipped() {
        return schedule.skipped();
    }

    @Override
    public long failed() {
        return schedule.failed();
    }

    @Override
    public String toString() {
        return schedule.toString();
    }
}
