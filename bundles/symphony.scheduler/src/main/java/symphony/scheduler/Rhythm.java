package symphony.scheduler;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import symphony.api.event.Recurrence;
import symphony.api.scheduler.Timer;

/** How the times of a recurrence follow each other. Thread-safe. */
interface Rhythm {
    /** Fails if the recurrence cannot be. */
    static Rhythm of(Recurrence recurrence) {
        return switch (recurrence.kind()) {
            case FIXED_RATE -> new FixedRate(recurrence);
            case FIXED_DELAY -> new FixedDelay(recurrence);
            case CRON -> new CronTimes(recurrence);
        };
    }

    /** The first time, however late its end. */
    Due first(Timer timer, InstantSource wall);

    /** What to do now that a time has come. */
    Turn turn(Due due, Now now);

    /** The time that follows another; with a fixed delay, now that the event was handed over. Empty if it was the last. */
    Optional<Due> next(Due due, Now now);

    /**
     * The time that comes next now that the wall clock was put right, if that is sooner than the one it waits for.
     *
     * @param start none comes before; empty if it was reached already, or none was given as a delay
     */
    Optional<Due> sooner(Due due, Optional<Due> start, Now now);

    /** Whether a time is only known when the event before was handed over. */
    boolean followsHandover();

    /** What a recurrence takes in memory beyond its envelope, in bytes, roughly. */
    int cost();

    /** The first time, if it comes before the end. */
    static Due first(Recurrence recurrence, Rhythm rhythm, Timer timer, InstantSource wall) {
        Due first = rhythm.first(timer, wall);
        Instant at = first.instant(timer, wall);
        recurrence.until().filter(at::isAfter).ifPresent(until -> {
            throw new IllegalArgumentException("recurrence '" + recurrence + "' has no time at all: the first would be "
                    + at + ", and it ends at " + until);
        });
        return first;
    }

    /** Of so many times that are due, how many are published by the policy; the latest ones. */
    static long taken(Recurrence recurrence, long due, long lateNanosOfLatest) {
        return switch (recurrence.misfire()) {
            case SKIP -> lateNanosOfLatest > Recurrence.TOLERANCE.toNanos() ? 0 : 1;
            case FIRE_ONCE -> 1;
            case CATCH_UP -> Math.min(due, recurrence.mostCaughtUp());
        };
    }
}
