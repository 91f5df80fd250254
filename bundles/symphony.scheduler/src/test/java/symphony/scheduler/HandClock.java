package symphony.scheduler;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** A nano clock that stands until it is moved. */
final class HandClock implements NanoClock {
    private final AtomicLong now;

    HandClock(long now) {
        this.now = new AtomicLong(now);
    }

    @Override
    public long nanoTime() {
        return now.get();
    }

    @Override
    public void park(Object blocker, long nanos) {
        LockSupport.park(blocker);
    }

    void advance(Duration time) {
        now.addAndGet(time.toNanos());
    }
}
