package symphony.benchmarks.load;

/** What one publisher has published, by topic. The publisher's thread only, until it has ended. */
final class Sent {
    private final long[] counts;
    private final long[] sums;

    Sent(int topics) {
        this.counts = new long[topics];
        this.sums = new long[topics];
    }

    void add(int topic, Order order) {
        counts[topic]++;
        sums[topic] += order.check();
    }

    void addAll(Sent other) {
        for (int i = 0; i < counts.length; i++) {
            counts[i] += other.counts[i];
            sums[i] += other.sums[i];
        }
    }

    long count(int topic) {
        return counts[topic];
    }

    /**
     * Compares with what a handler of a topic has handled.
     *
     * @throws IllegalStateException if that is not exactly what was published
     */
    void verify(int topic, String handler, Tally tally) {
        if (tally.count() != counts[topic]) {
            throw new IllegalStateException(
                    "handler " + handler + " handled " + tally.count() + " of " + counts[topic] + " events");
        }
        if (tally.sum() != sums[topic]) {
            throw new IllegalStateException("handler " + handler + " handled as many events as were published, "
                    + counts[topic] + ", but not the same: their sum is " + tally.sum() + " instead of " + sums[topic]);
        }
    }
}
