package symphony.shell;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.AuditRecord;

/**
 * A record of the audit trail. Texts are empty where its content cannot be opened.
 *
 * @param sequence its number
 * @param time when it was told
 * @param kind what kind of record
 * @param sealed whether its content is stored sealed
 * @param open whether its content could be read
 * @param actor who
 * @param action what was done
 * @param target to what
 * @param outcome how it ended
 * @param details more about it
 * @param subscription the subscription's identity, empty where there is none
 * @param count for how many it stands
 * @param from when the first of those was
 * @param to when the last of those was
 * @param first id of the first event, empty where there is none
 * @param last id of the last one
 * @param hash its chain hash
 */
public record AuditRow(
        long sequence,
        Instant time,
        AuditRecord.Kind kind,
        boolean sealed,
        boolean open,
        String actor,
        String action,
        String target,
        String outcome,
        Map<String, String> details,
        String subscription,
        long count,
        Instant from,
        Instant to,
        String first,
        String last,
        String hash)
        implements Report {
    private static final DateTimeFormatter SHORT = DateTimeFormatter.ofPattern("MM-dd HH:mm:ss");
    private static final String SEALED = "(sealed, and its key is not there)";
    private static final String MALFORMED = "(malformed: somebody has written it)";

    static AuditRow of(AuditRecord record) {
        Optional<AuditEntry> entry = record.entry();
        return new AuditRow(
                record.sequence(),
                record.time(),
                record.kind(),
                record.isSealed(),
                entry.isPresent(),
                entry.map(AuditEntry::actor).orElse(""),
                entry.map(AuditEntry::action).orElse(""),
                entry.map(AuditEntry::target).orElse(""),
                entry.map(e -> e.outcome().name()).orElse(""),
                new TreeMap<>(entry.map(AuditEntry::details).orElse(Map.of())),
                record.subscription(),
                record.count(),
                record.from(),
                record.to(),
                record.first().map(UUID::toString).orElse(""),
                record.last().map(UUID::toString).orElse(""),
                record.hash());
    }

    static Rows<AuditRow> table(List<AuditRow> rows) {
        return new Rows<>(
                rows,
                "no records",
                row -> row.open ? "" : row.closed(),
                List.of(
                        Column.number("N", row -> Long.toString(row.sequence)),
                        Column.word("TIME", AuditRow::shortTime),
                        Column.word("KIND", row -> row.kind.name()),
                        Column.name("ACTOR", AuditRow::actor),
                        Column.name("ACTION", AuditRow::action),
                        Column.name("TARGET", AuditRow::target),
                        Column.word("OUTCOME", AuditRow::outcome),
                        Column.number("COUNT", row -> Text.grouped(row.count))));
    }

    /** Why its content could not be read. */
    private String closed() {
        return sealed ? SEALED : MALFORMED;
    }

    private String shortTime() {
        return SHORT.format(time.atZone(ZoneId.systemDefault()));
    }

    /** One harmless line, as it is followed. */
    String line() {
        String what = open ? actor + ' ' + action + ' ' + target + ' ' + outcome : closed();
        String many = count == 1 ? "" : ", " + Text.grouped(count) + " times";
        return Text.clean(sequence + " " + shortTime() + ' ' + kind + ' ' + what + many);
    }

    @Override
    public List<String> lines(int width, Paint paint) {
        var lines = new ArrayList<String>();
        Text.field(lines, width, "record", sequence + ", " + kind + ", " + time);
        if (open) {
            Text.field(lines, width, "actor", actor);
            Text.field(lines, width, "action", action);
            Text.field(lines, width, "target", target);
            Text.field(lines, width, "outcome", outcome);
        } else {
            Text.field(lines, width, "content", closed());
        }
        details.forEach((name, value) -> Text.field(lines, width, name, value));
        if (!subscription.isEmpty()) {
            Text.field(lines, width, "subscription", subscription);
        }
        if (count > 1) {
            Text.field(lines, width, "count", Text.grouped(count) + ", " + from + " to " + to);
        }
        if (!first.isEmpty()) {
            Text.field(
                    lines,
                    width,
                    first.equals(last) ? "event" : "events",
                    first.equals(last) ? first : first + " to " + last);
        }
        Text.field(lines, width, "hash", hash);
        return lines;
    }
}
