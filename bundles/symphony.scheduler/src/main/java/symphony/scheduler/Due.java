package symphony.scheduler;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeUnit;
import symphony.api.scheduler.EventScheduler;
import symphony.api.scheduler.Timer;

/**
 * When something is due.
 *
 * @param wall whether it goes by the wall clock
 * @param at epoch microseconds of the wall clock, else nanoseconds of the timer's clock
 */
record Due(boolean wall, long at) {
    private static final long LONGEST_MICROS = TimeUnit.DAYS.toMicros(3_660);
    private static final long FARTHEST_SECONDS = 9_000_000_000_000L;
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

    /** After a delay, counted from a moment. */
    static Due after(Duration delay, Now now) {
        return new Due(false, now.nanos() + delay.toNanos());
    }

    boolean isReached(Now now) {
        return wall ? at <= now.micros() : at - now.nanos() <= 0;
    }

    /** The same by the timer's clock, as the clocks stand now. */
    long nanos(Now now) {
        return wall ? now.nanos() + nanosOf(at - now.micros()) : at;
    }

    /** So far that no arithmetic with it overflows. */
    static long nanosOf(long micros) {
        return TimeUnit.MICROSECONDS.toNanos(Math.max(-LONGEST_MICROS, Math.min(micros, LONGEST_MICROS)));
    }

    /** Of instants beyond 280 000 years, of such a one. */
    static long micros(Instant instant) {
        long seconds = Math.max(-FARTHEST_SECONDS, Math.min(instant.getEpochSecond(), FARTHEST_SECONDS));
        return TimeUnit.SECONDS.toMicros(seconds) + TimeUnit.NANOSECONDS.toMicros(instant.getNano());
    }

    Instant instant(Timer timer, InstantSource clock) {
        return wall
                ? Instant.EPOCH.plus(at, ChronoUnit.MICROS)
                : clock.instant().plusNanos(at - timer.nanoTime());
    }
}
