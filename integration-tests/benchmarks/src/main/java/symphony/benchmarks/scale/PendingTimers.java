package symphony.benchmarks.scale;

import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import symphony.benchmarks.load.Report;

/** Many deadlines that wait, hours away in random order, and some more that come meanwhile. */
final class PendingTimers {
    /** Deadlines that come, and in how long. */
    private static final int COMING = 10_000;

    private static final long COMING_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long LEAD_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long PATIENCE_SECONDS = 60;
    private static final long LONGEST_NANOS = TimeUnit.HOURS.toNanos(1);
    /** Filled and thrown away before it counts. */
    private static final int WARM_UPS = 3;

    private PendingTimers() {}

    static Report measure(int pending, Function<LongConsumer, Timers> kind) throws InterruptedException {
        long[] delays = delays(pending);
        for (int i = 0; i < WARM_UPS; i++) {
            try (Timers timers = kind.apply(deadline -> {})) {
                fill(timers, delays);
            }
        }
        Histogram late = new ConcurrentHistogram(LONGEST_NANOS, 3);
        var left = new CountDownLatch(COMING);
        LongConsumer recorded = deadline -> {
            late.recordValue(Math.max(0, Math.min(System.nanoTime() - deadline, LONGEST_NANOS)));
            left.countDown();
        };
        long before = Heap.used();
        try (Timers timers = kind.apply(recorded)) {
            long nanos = fill(timers, delays);
            long after = Heap.used();
            var report = new Report();
            report.add("pending", pending);
            report.add("insert_nanos", nanos / (double) pending);
            report.add("bytes", (after - before) / (double) pending);
            come(timers);
            if (!left.await(COMING_NANOS / 1_000_000_000 + PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException(left.getCount() + " of " + COMING + " deadlines did not come");
            }
            report.add("p50_micros", late.getValueAtPercentile(50) / 1e3);
            report.add("p99_micros", late.getValueAtPercentile(99) / 1e3);
            report.add("max_micros", late.getMaxValue() / 1e3);
            return report;
        }
    }

    private static void come(Timers timers) {
        long begin = System.nanoTime() + LEAD_NANOS;
        for (int i = 0; i < COMING; i++) {
            timers.addRecorded(begin + COMING_NANOS / COMING * i);
        }
        timers.watch();
    }

    /** An hour or two. */
    private static long[] delays(int count) {
        return new SplittableRandom(1)
                .longs(count, TimeUnit.HOURS.toNanos(1), TimeUnit.HOURS.toNanos(2))
                .toArray();
    }

    private static long fill(Timers timers, long... delays) {
        long began = System.nanoTime();
        for (long delay : delays) {
            timers.add(began + delay);
        }
        return System.nanoTime() - began;
    }
}
