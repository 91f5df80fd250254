package symphony.dispatcher;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * Counts, and tells how many a second there were lately. Needs no thread: each second has a cell, emptied by the first who
 * counts in it; who counts in the same moment may be missing in the rate, never in the total. Thread-safe.
 */
final class RateMeter {
    private static final int CELLS = 8;
    private static final int WINDOW_SECONDS = 5;
    private static final long NANOS_OF_SECOND = 1_000_000_000;

    private final LongSupplier nanos;
    private final long start;
    private final LongAdder total = new LongAdder();
    private final AtomicLongArray seconds = new AtomicLongArray(CELLS);
    private final LongAdder[] cells = new LongAdder[CELLS];

    RateMeter(LongSupplier nanos) {
        this.nanos = nanos;
        this.start = nanos.getAsLong();
        for (int i = 0; i < CELLS; i++) {
            cells[i] = new LongAdder();
        }
    }

    void count() {
        total.increment();
        long second = second();
        int cell = (int) (second % CELLS);
        long old = seconds.get(cell);
        if (old != second && seconds.compareAndSet(cell, old, second)) {
            cells[cell].reset();
        }
        cells[cell].increment();
    }

    long total() {
        return total.sum();
    }

    /** Mean over the last five seconds, or since the start if that is less. */
    double perSecond() {
        long now = second();
        long sum = 0;
        for (int i = 0; i < CELLS; i++) {
            long age = now - seconds.get(i);
            if (age >= 0 && age < WINDOW_SECONDS) {
                sum += cells[i].sum();
            }
        }
        double part = (double) (nanos.getAsLong() - start) / NANOS_OF_SECOND - (now - 1);
        double window = Math.min(now - 1, WINDOW_SECONDS - 1) + part;
        return sum / Math.max(window, 1);
    }

    /** Seconds since the start, from 1: no cell is of second 0. */
    private long second() {
        return 1 + Math.max(0, (nanos.getAsLong() - start) / NANOS_OF_SECOND);
    }
}
