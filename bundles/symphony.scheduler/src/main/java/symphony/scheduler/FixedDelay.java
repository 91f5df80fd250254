package symphony.scheduler;

import java.time.InstantSource;
import java.util.Optional;
import symphony.api.event.Recurrence;
import symphony.api.scheduler.Timer;

/** One delay after the event before was handed over, by the timer's clock. */
record FixedDelay(Recurrence recurrence) implements Rhythm {
    @Override
    public Due first(Timer timer, InstantSource wall) {
        return FixedRate.firstOf(recurrence, timer, wall);
    }

    @Override
    public Turn turn(Due due, Now now) {
        long late = Math.max(0, now.nanos() - due.nanos(now));
        if (isOver(late, now)) {
            return Turn.OVER;
        }
        return Rhythm.taken(recurrence, 1, late) > 0
                ? new Turn(true, 0, 0, Optional.empty())
                : new Turn(false, 1, 0, next(due, now));
    }

    @Override
    public Optional<Due> next(Due due, Now now) {
        return isOver(-recurrence.period().toNanos(), now)
                ? Optional.empty()
                : Optional.of(Due.after(recurrence.period(), now));
    }

    /** Whether the end was before a time that is so late, or early if that is negative. */
    private boolean isOver(long lateNanos, Now now) {
        return recurrence
                .until()
                .filter(until -> Due.nanosOf(Due.micros(until) - now.micros()) < -lateNanos)
                .isPresent();
    }

    @Override
    public Optional<Due> sooner(Due due, Optional<Due> start, Now now) {
        return Optional.empty();
    }

    @Override
    public boolean followsHandover() {
        return true;
    }

    @Override
    public int cost() {
        return FixedRate.COST;
    }
}
