package symphony.scheduler;

import java.time.Duration;

/** Tells when the wall clock was put right after it had run ahead. One thread only. */
final class WallWatch {
    /**
     * As cron daemons since Vixie's: a smaller jump back repeats times that were taken already, and they are not taken again; a
     * larger one means that the clock was wrong before, and nothing was ever taken at those times.
     */
    static final Duration CORRECTION = Duration.ofHours(3);

    private static final long CORRECTION_MICROS = CORRECTION.toNanos() / 1_000;

    private long latestMicros = Long.MIN_VALUE + CORRECTION_MICROS;

    /** Whether it went back by more than that since the latest time it showed. */
    boolean isCorrected(long nowMicros) {
        boolean corrected = nowMicros < latestMicros - CORRECTION_MICROS;
        latestMicros = corrected ? nowMicros : Math.max(latestMicros, nowMicros);
        return corrected;
    }
}
