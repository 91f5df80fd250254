package symphony.shell;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import symphony.api.event.Recurrence;
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
 * @param kind once, rate, delay or cron
 * @param recurrence when it is published again, for people; empty if it is published once
 * @param fired how often it was published
 * @param skipped how many of its times were missed and passed over
 * @param failed how many of its events did not reach all
 * @param refusal why it was not taken; empty if it was
 * @param seen when it was looked at
 */
public record ScheduleRow(
        UUID id,
        String topic,
        String owner,
        Optional<Instant> due,
        Schedule.State state,
        String kind,
        String recurrence,
        long fired,
        long skipped,
        long failed,
        String refusal,
        Instant seen)
        implements Report {
    static ScheduleRow of(Schedule schedule, Instant seen) {
        return new ScheduleRow(
                schedule.id(),
                schedule.topic(),
                schedule.owner(),
                schedule.next(),
                schedule.state(),
                schedule.recurrence().map(ScheduleRow::kind).orElse("once"),
                schedule.recurrence().map(Recurrence::toString).orElse(""),
                schedule.fired(),
                schedule.skipped(),
                schedule.failed(),
                schedule.refusal().map(Refusal::toString).orElse(""),
                seen);
    }

    private static String kind(Recurrence recurrence) {
        return switch (recurrence.kind()) {
            case FIXED_RATE -> "rate";
            case FIXED_DELAY -> "delay";
            case CRON -> "cron";
        };
    }

    static Rows<ScheduleRow> table(List<ScheduleRow> rows) {
        return new Rows<>(
                rows,
                "nothing is scheduled",
                ScheduleRow::note,
                List.of(
                        Column.word("ID", row -> row.id().toString()),
                        Column.number("DUE IN", ScheduleRow::dueIn),
                        Column.name("TOPIC", ScheduleRow::topic),
                        Column.name("OWNER", ScheduleRow::owner)));
    }

    /** Of a recurrence, all that the row has no room for. */
    private String note() {
        if (recurrence.isEmpty()) {
            return refusal;
        }
        return recurrence
                + due.map(at -> "; next " + at.truncatedTo(ChronoUnit.MILLIS)).orElse("")
                + "; fired " + Text.grouped(fired)
                + (skipped > 0 ? ", skipped " + Text.grouped(skipped) : "")
                + (failed > 0 ? ", failed " + Text.grouped(failed) : "");
    }

    private String dueIn() {
        return due.map(at -> at.isAfter(seen) ? Durations.format(Duration.between(seen, at)) : "now")
                .orElse("-");
    }

    @Override
    public List<String> lines(int width, Paint paint) {
        String when = (recurrence.isEmpty() ? "" : recurrence + ", ") + "due in " + dueIn();
        String how = refusal.isEmpty() ? "scheduled, " + when : "refused: " + refusal;
        return List.of(Text.clean(id + " " + how));
    }
}
