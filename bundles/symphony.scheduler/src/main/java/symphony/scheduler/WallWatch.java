package symphony.scheduler;

import java.time.Duration;

/** Tells when the wall clock was put right after it had run ahead. One thread only, but for what says otherwise. */
final class WallWatch {
    /**
     * As cron daemons since Vixie's: a smaller jump back repeats times that were taken already, and they are not taken again; a
     * larger one means that the clock was wrong before, and nothing was ever taken at those times.
     */
    static final Duration CORRECTION = Duration.ofHours(3);

    private static final long CORRECTION_MICROS = CORRECTION.toNanos() / 1_000;

    /** As if it had shown nothing yet. */
    static final long NOTHING = Long.MIN_VALUE + CORRECTION_MICROS;

    private volatile long latestMicros = NOTHING;

    /** What it showed a scheduler before, so that a correction is also noticed if it happens during a restart. */
    void goOnFrom(long micros) {
        latestMicros = micros;
    }

    /** The latest time that it showed; on any thread. */
    long latestMicros() {
        return latestMicros;
    }

    /** Whether it went back by more than that since the latest time it showed. */
    boolean isCorrected(long nowMicros) {
        boolean corrected = nowMicros < latestMicros - CORRECTION_MICROS;
        latestMicros = corrected ? nowMicros : Math.max(latestMicros, nowMicros);
        return corrected;
    }
}
