package symphony.benchmarks.parts;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.agrona.DeadlineTimerWheel;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import symphony.scheduler.TimerEngine;

/**
 * Sets a deadline and cancels it, while others, an hour or two away, wait. Ours has a lock and a thread that watches;
 * Agrona's wheel is for one thread, which asks it, and ticks each millisecond. {@code bench scale} tells how late they are.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
public class TimerBenchmark {
    private static final long HOUR = TimeUnit.HOURS.toNanos(1);
    private static final int DEADLINES = 1 << 12;
    private static final LongConsumer NOTHING = cookie -> {};

    /** How many wait. */
    @Param("1000000")
    public int pending;

    private final long[] deadlines = new long[DEADLINES];
    private TimerEngine ours;
    private DeadlineTimerWheel agronas;
    private int next;

    /** Has both full of deadlines in random order. */
    @Setup
    public void fill() {
        var random = new SplittableRandom(1);
        ours = new TimerEngine();
        long now = ours.nanoTime();
        agronas = new DeadlineTimerWheel(TimeUnit.NANOSECONDS, now, 1 << 20, 1 << 16);
        for (int i = 0; i < pending; i++) {
            long deadline = now + HOUR + random.nextLong(HOUR);
            ours.schedule(deadline, NOTHING, i);
            agronas.scheduleTimer(deadline);
        }
        for (int i = 0; i < DEADLINES; i++) {
            deadlines[i] = now + HOUR + random.nextLong(HOUR);
        }
    }

    /** Ends the thread, and checks that each deadline that was set was cancelled. */
    @TearDown
    public void check() {
        int left = ours.size();
        ours.close();
        if (left != pending || agronas.timerCount() != pending) {
            throw new IllegalStateException(
                    "there are " + left + " and " + agronas.timerCount() + " deadlines left instead of " + pending);
        }
    }

    @Benchmark
    public boolean ours() {
        return ours.cancel(ours.schedule(deadline(), NOTHING, 0));
    }

    @Benchmark
    public boolean agrona() {
        return agronas.cancelTimer(agronas.scheduleTimer(deadline()));
    }

    private long deadline() {
        next = next + 1 & DEADLINES - 1;
        return deadlines[next];
    }
}
