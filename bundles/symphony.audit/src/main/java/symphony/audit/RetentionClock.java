package symphony.audit;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What time it is for who removes old records. What is removed is gone for good, so a wall clock is not believed that is far ahead of
 * what has passed: by the monotonic clock in this process, and since the last checkpoint of the one before. One thread only.
 */
final class RetentionClock {
    private static final Logger log = LoggerFactory.getLogger(RetentionClock.class);

    /** Corrections of a clock, and processes that do not run for a while, are not worth a word. */
    private static final long TOLERANCE_MILLIS = TimeUnit.DAYS.toMillis(1);

    private final InstantSource clock;
    private final LongSupplier nanos;
    private boolean isKnown;

    /** What time it was at some moment, and that moment. */
    private long knownMillis;

    private long knownNanos;
    private long toldAheadMillis;

    RetentionClock(InstantSource clock, LongSupplier nanos) {
        this.clock = clock;
        this.nanos = nanos;
    }

    /**
     * Something was written at that time, if it is known, and at that moment of the monotonic clock it was later. Only the first call
     * counts.
     */
    void begin(Optional<Instant> written, long laterNanos) {
        if (!isKnown) {
            isKnown = true;
            knownMillis = written.map(Instant::toEpochMilli).orElseGet(clock::millis);
            knownNanos = written.isPresent() ? laterNanos : nanos.getAsLong();
        }
    }

    /** Not later than it is. */
    long millis() {
        long now = nanos.getAsLong();
        long expected = knownMillis + TimeUnit.NANOSECONDS.toMillis(now - knownNanos);
        long wall = clock.millis();
        long ahead = wall - expected;
        if (ahead > TOLERANCE_MILLIS) {
            tell(ahead);
            return expected;
        }
        if (ahead > 0) {
            knownMillis = wall;
            knownNanos = now;
        }
        return wall;
    }

    private void tell(long ahead) {
        if (ahead - toldAheadMillis > TOLERANCE_MILLIS) {
            toldAheadMillis = ahead;
            log.warn(
                    "symphony.audit: the clock is {} h ahead of what has passed since records were written; so much longer"
                            + " they are kept; if it is right, restart",
                    Duration.ofMillis(ahead).toHours());
        }
    }
}
