package symphony.dispatcher;

import java.time.Duration;

/**
 * How long to wait before an event is tried again: doubled from attempt to attempt up to a limit, and varied by a fifth, at
 * the limit downwards only, so that those who failed together do not come back together.
 *
 * @param first before the second attempt
 * @param most longest
 */
record Backoff(Duration first, Duration most) {
    private static final double LEAST_FACTOR = 0.8;
    private static final double MOST_FACTOR = 1.2;
    private static final int MAX_DOUBLINGS = 40;

    /**
     * The wait after a failure.
     *
     * @param failures attempts that failed so far, from 1
     * @param chance a random number from 0 to 1
     */
    Duration after(int failures, double chance) {
        double nanos = first.toNanos() * (double) (1L << Math.min(failures - 1, MAX_DOUBLINGS));
        double limit = most.toNanos();
        double least = LEAST_FACTOR * Math.min(nanos, limit);
        double longest = Math.min(MOST_FACTOR * nanos, limit);
        return Duration.ofNanos((long) (least + (longest - least) * chance));
    }
}
