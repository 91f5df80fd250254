package symphony.scheduler;

import java.time.InstantSource;
import java.util.Optional;
import symphony.api.event.Recurrence;
import symphony.api.scheduler.Timer;

/** One period after the other, by the timer's clock. */
record FixedRate(Recurrence recurrence) implements Rhythm {
    static final int COST = 400;

    @Override
    public Due first(Timer timer, InstantSource wall) {
        return firstOf(recurrence, timer, wall);
    }

    static Due firstOf(Recurrence recurrence, Timer timer, InstantSource wall) {
        return recurrence
                .startAt()
                .map(at -> Due.at(at, timer, wall))
                .orElseGet(() -> Due.after(recurrence.startAfter().orElse(recurrence.period()), timer));
    }

    @Override
    public Turn turn(Due due, Now now) {
        long late = Math.max(0, now.nanos() - due.nanos(now)); // the wall clock may have gone back since it was due
        long first = now.nanos() - late;
        long ever = timesUntilEnd(first, now);
        long count = Math.min(late / period() + 1, ever);
        if (count == 0) {
            return Turn.OVER;
        }
        long taken = Rhythm.taken(recurrence, count, late - (count - 1) * period());
        long skipped = count - taken;
        long following = skipped + Math.min(1, taken);
        return new Turn(
                taken > 0,
                skipped,
                Math.max(0, taken - 1),
                following < ever ? Optional.of(new Due(false, first + following * period())) : Optional.empty());
    }

    @Override
    public Optional<Due> next(Due due, Now now) {
        long first = due.nanos(now);
        return timesUntilEnd(first, now) > 1 ? Optional.of(new Due(false, first + period())) : Optional.empty();
    }

    /** From one that has come. */
    private long timesUntilEnd(long firstNanos, Now now) {
        if (recurrence.until().isEmpty()) {
            return Long.MAX_VALUE;
        }
        long left = Due.nanosOf(Due.micros(recurrence.until().get()) - now.micros());
        long span = left + now.nanos() - firstNanos;
        return span < 0 ? 0 : span / period() + 1;
    }

    private long period() {
        return recurrence.period().toNanos();
    }

    @Override
    public Optional<Due> sooner(Due due, Optional<Due> start, Now now) {
        return Optional.empty();
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
