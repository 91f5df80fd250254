package symphony.shell;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import symphony.api.event.Refusal;
import symphony.api.event.Schedule;
import symphony.component.Durations;

/**
 * A schedule, as it was when it was looked at.
 *
 * @param id its id
 * @param topic where the event will go
 * @param owner who made it
 * @param due when it is next due
 * @param state where it stands
 * @param refusal why it was not taken; empty if it was
 * @param seen when it was looked at
 */
public record ScheduleRow(
        UUID id, String topic, String owner, Optional<Instant> due, Schedule.State state, String refusal, Instant seen)
        implements Report {
    static ScheduleRow of(Schedule schedule, Instant seen) {
        return new ScheduleRow(
                schedule.id(),
                schedule.topic(),
                schedule.owner(),
                schedule.next(),
                schedule.state(),
                schedule.refusal().map(Refusal::toString).orElse(""),
                seen);
    }

    static Rows<ScheduleRow> table(List<ScheduleRow> rows) {
        return new Rows<>(
                rows,
                "nothing is scheduled",
                ScheduleRow::refusal,
                List.of(
                        Column.word("ID", row -> row.id().toString()),
                        Column.number("DUE IN", ScheduleRow::dueIn),
                        Column.name("TOPIC", ScheduleRow::topic),
                        Column.name("OWNER", ScheduleRow::owner)));
    }

    private String dueIn() {
        return due.map(at -> at.isAfter(seen) ? Durations.format(Duration.between(seen, at)) : "now")
                .orElse("-");
    }

    @Override
    public List<String> lines(int width, Paint paint) {
        String how = refusal.isEmpty() ? "scheduled, due in " + dueIn() : "refused: " + refusal;
        return List.of(Text.clean(id + " " + how));
    }
}
