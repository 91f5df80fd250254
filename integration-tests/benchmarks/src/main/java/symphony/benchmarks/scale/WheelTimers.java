package symphony.benchmarks.scale;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import org.agrona.DeadlineTimerWheel;

/**
 * Agrona's wheel of 65 536 ticks of 2<sup>20</sup> ns, asked by a thread that parks {@value #PARK_NANOS} ns in between. It has
 * no lock, and all is called by that thread once it watches.
 */
final class WheelTimers implements Timers {
    private static final long TICK_NANOS = 1 << 20;
    private static final int TICKS = 1 << 16;
    private static final long PARK_NANOS = 100_000;

    private final LongConsumer recorded;
    private final Map<Long, Long> deadlines = new HashMap<>();
    private final DeadlineTimerWheel wheel =
            new DeadlineTimerWheel(TimeUnit.NANOSECONDS, System.nanoTime(), TICK_NANOS, TICKS);
    private volatile boolean closed;

    /** @param recorded takes the deadline when it is called */
    WheelTimers(LongConsumer recorded) {
        this.recorded = recorded;
    }

    @Override
    public void add(long deadlineNanos) {
        wheel.scheduleTimer(deadlineNanos);
    }

    @Override
    public void addRecorded(long deadlineNanos) {
        deadlines.put(wheel.scheduleTimer(deadlineNanos), deadlineNanos);
    }

    @Override
    public void watch() {
        var thread = new Thread(this::run, "wheel");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        while (!closed) {
            long now;
            do { // a tick each time
                now = System.nanoTime();
                wheel.poll(now, this::expired, Integer.MAX_VALUE);
            } while (wheel.currentTickTime() <= now);
            LockSupport.parkNanos(PARK_NANOS);
        }
    }

    private boolean expired(TimeUnit unit, long now, long id) {
        recorded.accept(deadlines.get(id));
        return true;
    }

    @Override
    public void close() {
        closed = true;
    }
}
