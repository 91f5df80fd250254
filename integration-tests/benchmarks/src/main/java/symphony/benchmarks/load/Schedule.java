package symphony.benchmarks.load;

/** Due times at a fixed rate, all known from the start: whoever is late catches up, and no due time moves. */
final class Schedule {
    private static final double NANOS_PER_SECOND = 1e9;

    private final int rate;
    private volatile long start;

    Schedule(int rate) {
        this.rate = rate;
    }

    void startAt(long nanoTime) {
        start = nanoTime;
    }

    long due(long sequence) {
        return start + (long) (sequence * NANOS_PER_SECOND / rate);
    }

    /** How many events are due in the time from the start until then. */
    long dueUntil(long nanoTime) {
        return (long) ((nanoTime - start) * (rate / NANOS_PER_SECOND)) + 1;
    }
}
