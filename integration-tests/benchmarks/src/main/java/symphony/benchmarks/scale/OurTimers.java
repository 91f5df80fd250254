package symphony.benchmarks.scale;

import java.util.function.LongConsumer;
import symphony.scheduler.TimerEngine;

/** Ours; its thread watches from the beginning. */
final class OurTimers implements Timers {
    private final TimerEngine timer = new TimerEngine();
    private final LongConsumer recorded;
    private final LongConsumer never;

    /** @param recorded takes the deadline when it is called */
    OurTimers(LongConsumer recorded) {
        this.recorded = recorded;
        this.never = deadline -> {
            throw new IllegalStateException("a deadline came that was hours away");
        };
    }

    @Override
    public void add(long deadlineNanos) {
        timer.schedule(deadlineNanos, never, deadlineNanos);
    }

    @Override
    public void addRecorded(long deadlineNanos) {
        timer.schedule(deadlineNanos, recorded, deadlineNanos);
    }

    @Override
    public void watch() {
        // it does
    }

    @Override
    public void close() {
        timer.close();
    }
}
