package symphony.shell;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import symphony.api.queue.DeadLetter;
import symphony.api.queue.DeadReason;

/**
 * A dead letter, without its content.
 *
 * @param kind of the queue it is from
 * @param number its number within that kind
 * @param subscription who gave it up
 * @param eventId the event
 * @param topic where it was published to
 * @param publisher who published it
 * @param priority its priority
 * @param published when
 * @param reason why, for code
 * @param exception class name of what its handler threw, empty if that is not why it is here
 * @param detail why, for people
 * @param attempts how often it was tried, since it was re-driven if it was
 * @param sequence its place in its subscription
 * @param redriven how often it was re-driven before
 * @param pushed when its subscription took it first
 * @param since when it was given up
 * @param bytes size of the sealed event
 * @param data what it tells, if it was opened; else empty
 * @param seen when it was looked at
 */
public record DeadRow(
        String kind,
        long number,
        String subscription,
        UUID eventId,
        String topic,
        String publisher,
        int priority,
        Instant published,
        DeadReason reason,
        String exception,
        String detail,
        int attempts,
        long sequence,
        int redriven,
        Instant pushed,
        Instant since,
        int bytes,
        Map<String, Object> data,
        Instant seen)
        implements Report {
    static DeadRow of(String kind, DeadLetter letter, Map<String, Object> data, Instant seen) {
        var envelope = letter.envelope();
        return new DeadRow(
                kind,
                letter.number(),
                letter.subscription(),
                envelope.eventId(),
                envelope.topic(),
                envelope.publisher(),
                envelope.priority(),
                Instant.ofEpochMilli(envelope.publishedMillis()),
                letter.reason(),
                letter.exception(),
                letter.detail(),
                letter.attempts(),
                letter.sequence(),
                letter.redriven(),
                letter.pushed(),
                letter.since(),
                envelope.size(),
                data,
                seen);
    }

    static Rows<DeadRow> table(List<DeadRow> rows) {
        return new Rows<>(
                rows,
                "no dead letters",
                row -> "",
                List.of(
                        Column.number("NUMBER", (DeadRow row) -> Long.toString(row.number())),
                        Column.number("AGE", DeadRow::age),
                        Column.word("REASON", (DeadRow row) -> row.reason().name()),
                        Column.name("TOPIC", DeadRow::topic),
                        Column.name("SUBSCRIPTION", DeadRow::subscription),
                        Column.name("DETAIL", DeadRow::detail)));
    }

    private String age() {
        return Text.time(Duration.between(since, seen).toMillis());
    }

    @Override
    public List<String> lines(int width, Paint paint) {
        var lines = new ArrayList<String>();
        Text.field(lines, width, "dead letter", number + " (" + kind + "), " + reason + ", " + age() + " ago");
        Text.field(lines, width, "detail", detail);
        if (!exception.isEmpty()) {
            Text.field(lines, width, "exception", exception);
        }
        Text.field(lines, width, "subscription", subscription);
        String again = redriven == 0 ? "" : ", re-driven before: " + redriven;
        Text.field(lines, width, "attempts", attempts + again);
        Text.field(lines, width, "event", eventId.toString());
        Text.field(lines, width, "topic", topic);
        Text.field(lines, width, "priority", Integer.toString(priority));
        Text.field(lines, width, "published", published + " by " + publisher);
        Text.field(lines, width, "queued", pushed + " as number " + sequence);
        Text.field(lines, width, "given up", since.toString());
        Text.field(lines, width, "data", data.isEmpty() ? bytes + " bytes, sealed" : Json.write(data));
        return lines;
    }
}
