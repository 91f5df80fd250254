package symphony.scheduler;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import symphony.api.scheduler.EventScheduler;
import symphony.api.scheduler.Timer;

/**
 * When something is due.
 *
 * @param wall whether it goes by the wall clock
 * @param at epoch microseconds of the wall clock, else nanoseconds of the timer's clock
 */
record Due(boolean wall, long at) {
    private static final String MAX = EventScheduler.MAX_DELAY.toDays() + " days";

    static Due after(Duration delay, Timer timer) {
        if (delay.isNegative() || delay.compareTo(EventScheduler.MAX_DELAY) > 0) {
            throw new IllegalArgumentException("delay is " + delay + ", must be 0 to " + MAX);
        }
        return new Due(false, timer.nanoTime() + delay.toNanos());
    }

    /** What has passed is due now by the timer's clock, so that a jump of the wall clock cannot take it back. */
    static Due at(Instant at, Timer timer, InstantSource wall) {
        Instant now = wall.instant();
        if (at.isAfter(now.plus(EventScheduler.MAX_DELAY))) {
            throw new IllegalArgumentException(
                    "instant is " + at + ", must be at most " + MAX + " ahead of the clock, which says " + now);
        }
        return at.isAfter(now) ? new Due(true, ceilingMicros(at)) : new Due(false, timer.nanoTime());
    }

    /** Rounded up: nothing is early. */
    private static long ceilingMicros(Instant at) {
        return micros(at.plusNanos(999));
    }

    static long micros(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }

    Instant instant(Timer timer, InstantSource clock) {
        return wall
                ? Instant.EPOCH.plus(at, ChronoUnit.MICROS)
                : clock.instant().plusNanos(at - timer.nanoTime());
    }
}
