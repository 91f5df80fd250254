package symphony.benchmarks.load;

import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * How long after its due time each event of the paced publisher is handled, in nanoseconds. The due time, not that of
 * publishing, so that a stall counts against every event it delays. Thread-safe.
 */
final class Lateness {
    private static final long LONGEST_NANOS = 3_600_000_000_000L;

    private final int publisher;
    private final Schedule schedule;
    private final long first;
    private final Histogram histogram = new ConcurrentHistogram(LONGEST_NANOS, 3);

    /**
     * Nothing yet.
     *
     * @param publisher the paced one
     * @param schedule its due times
     * @param first the first sequence that counts
     */
    Lateness(int publisher, Schedule schedule, long first) {
        this.publisher = publisher;
        this.schedule = schedule;
        this.first = first;
    }

    void handled(long number) {
        if (Order.publisherOf(number) == publisher && Order.sequenceOf(number) >= first) {
            long late = System.nanoTime() - schedule.due(Order.sequenceOf(number));
            histogram.recordValue(Math.min(Math.max(late, 0), LONGEST_NANOS));
        }
    }

    /** Once nothing is in flight. */
    double micros(double percentile) {
        return histogram.getValueAtPercentile(percentile) / 1e3;
    }

    /** Once nothing is in flight. */
    double maxMicros() {
        return histogram.getMaxValue() / 1e3;
    }

    long count() {
        return histogram.getTotalCount();
    }
}
