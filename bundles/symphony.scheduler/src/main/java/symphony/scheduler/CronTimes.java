package symphony.scheduler;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Optional;
import symphony.api.event.Recurrence;
import symphony.api.scheduler.Timer;

/** The times of a cron expression, by the wall clock. */
final class CronTimes implements Rhythm {
    /** Takes some milliseconds. Beyond so many missed times they are no longer counted. */
    static final int MOST_COUNTED = 10_000;

    private static final int COST = 800;

    private final Recurrence recurrence;
    private final CronExpression expression;

    CronTimes(Recurrence recurrence) {
        this.recurrence = recurrence;
        this.expression =
                CronExpression.of(recurrence.expression(), recurrence.zone().orElseThrow());
    }

    @Override
    public Due first(Timer timer, InstantSource wall) {
        Instant now = wall.instant();
        Instant from = recurrence
                .startAt()
                .filter(start -> Due.at(start, timer, wall).wall())
                .or(() -> recurrence.startAfter().map(now::plus))
                .map(CronTimes::justBefore)
                .orElse(now);
        return expression
                .after(from)
                .map(CronTimes::due)
                .orElseThrow(() -> new IllegalArgumentException("cron expression '" + recurrence.expression()
                        + "' never comes true: no day of any month fits; look at day of month and month"));
    }

    /** From here on it is looked for: the start itself may fit. */
    private static Instant justBefore(Instant start) {
        return start.minusNanos(1);
    }

    private static Due due(Instant instant) {
        return new Due(true, Due.micros(instant));
    }

    private static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    @Override
    public Turn turn(Due due, Now now) {
        // The wall clock may have gone back since it was due; due it stays.
        Instant moment = instant(Math.max(due.at(), now.micros()));
        Instant limit = recurrence.until().filter(moment::isAfter).orElse(moment);
        return instant(due.at()).isAfter(limit) ? Turn.OVER : turn(instant(due.at()), limit, now);
    }

    private Turn turn(Instant first, Instant limit, Now now) {
        var latest = new ArrayDeque<Instant>();
        long count = 0;
        Optional<Instant> time = Optional.of(first);
        while (count < MOST_COUNTED && time.isPresent() && !time.get().isAfter(limit)) {
            latest.add(time.get());
            if (latest.size() > recurrence.mostCaughtUp()) {
                latest.remove();
            }
            count++;
            time = expression.after(time.get());
        }
        if (time.isPresent() && !time.get().isAfter(limit)) {
            return farBehind(count, limit, now);
        }
        return turn(latest, count, time, now);
    }

    private Turn turn(ArrayDeque<Instant> latest, long count, Optional<Instant> after, Now now) {
        long late = Due.nanosOf(now.micros() - Due.micros(latest.getLast()));
        long taken = Rhythm.taken(recurrence, count, late);
        boolean fires = taken > 0;
        if (fires) {
            latest.remove();
        }
        Optional<Instant> next = fires && taken > 1 ? Optional.of(latest.getFirst()) : after;
        return new Turn(fires, count - taken, Math.max(0, taken - 1), notOver(next));
    }

    /** As if one of them were left; nobody wants thousands. That one is the latest, which may well be in time. */
    private Turn farBehind(long count, Instant limit, Now now) {
        boolean fires = recurrence.misfire() != Recurrence.Misfire.SKIP || isAnyInTime(limit, now);
        return new Turn(fires, fires ? count - 1 : count, 0, notOver(expression.after(limit)));
    }

    private boolean isAnyInTime(Instant limit, Now now) {
        Instant tooLate = instant(now.micros()).minus(Recurrence.TOLERANCE).minus(1, ChronoUnit.MICROS);
        return expression.after(tooLate).filter(time -> !time.isAfter(limit)).isPresent();
    }

    @Override
    public Optional<Due> next(Due due, Now now) {
        return notOver(expression.after(instant(due.at())));
    }

    private Optional<Due> notOver(Optional<Instant> time) {
        return time.filter(at -> recurrence.until().filter(at::isAfter).isEmpty())
                .map(CronTimes::due);
    }

    /** But never before it starts. */
    @Override
    public Optional<Due> sooner(Due due, Optional<Due> start, Now now) {
        Instant moment = instant(now.micros());
        Instant from = recurrence
                .startAt()
                .or(() -> start.map(at -> moment.plusNanos(at.nanos(now) - now.nanos())))
                .filter(moment::isBefore)
                .map(CronTimes::justBefore)
                .orElse(moment);
        return expression.after(from).map(CronTimes::due).filter(next -> next.at() < due.at());
    }

    @Override
    public boolean followsHandover() {
        return false;
    }

    @Override
    public int cost() {
        return COST;
    }
}
