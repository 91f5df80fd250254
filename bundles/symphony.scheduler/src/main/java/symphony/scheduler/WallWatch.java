package symphony.scheduler;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

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

    private final AtomicInteger corrections = new AtomicInteger();
    private final AtomicInteger asked = new AtomicInteger();

    /** How often it was asked to say it again when it last looked, and when that was last done with. */
    private volatile int seen;

    private volatile int answered;
    private volatile long latestMicros = NOTHING;

    /** What it shows after a correction; or has shown a scheduler before, to notice also a correction during a restart. */
    void goOnFrom(long micros) {
        latestMicros = micros;
        answered = seen;
    }

    /** Something was planned by the clock before, and came too late to be put right; on any thread. */
    void sayAgain() {
        asked.incrementAndGet();
    }

    /** The latest time that it showed; on any thread. */
    long latestMicros() {
        return latestMicros;
    }

    /** How often it was found to have gone back; on any thread. Grows before anything is done about it. */
    int corrections() {
        return corrections.get();
    }

    /**
     * Whether it went back by more than that since the latest time it showed, or is to {@link #sayAgain} that it did. Says so
     * until it is told to {@link #goOnFrom} the time it shows now.
     */
    boolean isCorrected(long nowMicros) {
        boolean corrected = nowMicros < latestMicros - CORRECTION_MICROS;
        if (corrected) {
            corrections.incrementAndGet();
        } else {
            latestMicros = Math.max(latestMicros, nowMicros);
        }
        seen = asked.get();
        return corrected || seen != answered;
    }

    /** From when on times are looked for then: not from before the latest time, up to which they were taken, if that was right. */
    long planFrom(long nowMicros) {
        return nowMicros < latestMicros - CORRECTION_MICROS ? nowMicros : latestMicros;
    }
}
