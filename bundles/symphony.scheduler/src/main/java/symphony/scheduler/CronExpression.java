package symphony.scheduler;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.Optional;

/** The times of a cron expression in a zone. Thread-safe. */
final class CronExpression {
    /*
     * CronFields finds the next fitting date and time of a calendar, where no time is left out and none comes twice. What that
     * is as an instant is decided here, by the rules of the zone.
     *
     * An hour that is restricted means a time of day. Each such time is taken once: if the gap of a change leaves it out, at the
     * moment of the change; if an overlap has it twice, the first time. So the way from local times to instants never goes
     * backwards, and the next instant is that of the next local time, but for those of an overlap whose first half is over.
     *
     * An hour that is not restricted means an interval: "every quarter of an hour" shall not pause for the hour that comes twice,
     * nor crowd at the end of a gap. There, the local times that fit are looked for between one change of the clocks and the
     * next, by the offset of that stretch. Cron daemons since Vixie's draw the same line.
     */
    /** A leap day, the rarest date, is eight years after the one before where a century has none: so many half-years. */
    private static final int MOST_STRETCHES = 100;

    private final CronFields fields;
    private final ZoneRules rules;

    private CronExpression(CronFields fields, ZoneRules rules) {
        this.fields = fields;
        this.rules = rules;
    }

    /** Fails with what is wrong with it, and in which field. */
    static CronExpression of(String expression, ZoneId zone) {
        return new CronExpression(CronReader.read(expression), zone.getRules());
    }

    /** The next time after an instant; empty if there is none. */
    Optional<Instant> after(Instant instant) {
        return fields.anyHour() ? nextOfInterval(instant) : nextOfDay(instant);
    }

    private Optional<Instant> nextOfInterval(Instant after) {
        Instant from = after;
        Instant since = after;
        ZoneOffset offset = rules.getOffset(after);
        for (int i = 0; i < MOST_STRETCHES; i++) {
            ZoneOffset current = offset;
            Optional<Instant> found =
                    fields.after(LocalDateTime.ofInstant(from, current)).map(local -> local.toInstant(current));
            ZoneOffsetTransition change = rules.nextTransition(since);
            if (found.isEmpty() || change == null || found.get().isBefore(change.getInstant())) {
                return found;
            }
            since = change.getInstant();
            from = since.minusNanos(1); // the moment of the change may itself fit
            offset = change.getOffsetAfter();
        }
        return Optional.empty();
    }

    private Optional<Instant> nextOfDay(Instant after) {
        Optional<LocalDateTime> local = fields.after(LocalDateTime.ofInstant(after, rules.getOffset(after)));
        while (local.isPresent() && !instantOf(local.get()).isAfter(after)) {
            local = fields.after(endOfOverlap(local.get()));
        }
        return local.map(this::instantOf);
    }

    private Instant instantOf(LocalDateTime local) {
        ZoneOffsetTransition change = rules.getTransition(local);
        if (change == null) {
            return local.toInstant(rules.getOffset(local));
        }
        return change.isGap() ? change.getInstant() : local.toInstant(change.getOffsetBefore());
    }

    /** It has been taken, so all of this overlap has. */
    private LocalDateTime endOfOverlap(LocalDateTime local) {
        ZoneOffsetTransition change = rules.getTransition(local);
        return change == null ? local : change.getDateTimeBefore().minusSeconds(1);
    }
}
