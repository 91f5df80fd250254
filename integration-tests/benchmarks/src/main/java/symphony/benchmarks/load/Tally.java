package symphony.benchmarks.load;

import java.util.concurrent.atomic.LongAdder;

/** What one handler has handled. Thread-safe: some contestants call a handler from several threads at once. */
final class Tally implements Sink {
    private final Window[] windows;
    private final Lateness lateness;
    private final LongAdder count = new LongAdder();
    private final LongAdder sum = new LongAdder();

    /**
     * Nothing yet.
     *
     * @param windows of the publishers, by their number
     * @param lateness where to record how late the paced ones are
     */
    Tally(Window[] windows, Lateness lateness) {
        this.windows = windows;
        this.lateness = lateness;
    }

    @Override
    public void handled(int customer, long number, double amount, int note) {
        lateness.handled(number);
        sum.add(Order.check(customer, number, amount, note));
        count.increment();
        windows[Order.publisherOf(number)].leave();
    }

    long count() {
        return count.sum();
    }

    long sum() {
        return sum.sum();
    }
}
