package symphony.dispatcher;

import java.util.concurrent.TimeUnit;

/**
 * So many units a second, and no more than those of one second at once: a token bucket that begins full. One that wants more
 * than all it holds gets it when it is full, and is paid for afterwards: so the mean is kept, and nothing is refused for ever.
 * Guarded by its limit's lock.
 */
final class TokenBucket {
    /*
     * Counts in billionths of a unit, of which one nanosecond brings as many as there are units a second: so nothing is ever
     * rounded. A second's worth of the highest rate is 10^18 of them, which a long holds nine times.
     */
    static final long MOST_PER_SECOND = 1_000_000_000;

    private static final long NANOS = TimeUnit.SECONDS.toNanos(1);

    private final long perSecond;
    private final long full;
    private long level;
    private long lastNanos;

    /**
     * Full.
     *
     * @param perSecond 1 to {@link #MOST_PER_SECOND}
     * @param nanos now, by a clock that never goes back
     */
    TokenBucket(long perSecond, long nanos) {
        this.perSecond = perSecond;
        this.full = perSecond * NANOS;
        this.level = full;
        this.lastNanos = nanos;
    }

    /** Whether so many can be taken now. */
    boolean has(int units, long nanos) {
        refill(nanos);
        return level >= Math.min(units * NANOS, full);
    }

    /** Takes so many, which it {@link #has}. */
    void take(int units) {
        level -= units * NANOS;
    }

    private void refill(long nanos) {
        long elapsed = nanos - lastNanos;
        if (elapsed <= 0) { // another thread read the clock later, and was here first
            return;
        }
        lastNanos = nanos;
        long missing = full - level;
        level = elapsed > missing / perSecond ? full : level + elapsed * perSecond;
    }
}
