package symphony.scheduler;

import java.util.concurrent.locks.LockSupport;

/** The clock that a {@link TimerEngine} goes by. Tests drive one by hand. Thread-safe. */
public interface NanoClock {
    /** {@link System#nanoTime()}. */
    NanoClock SYSTEM = new NanoClock() {
        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public void park(Object blocker, long nanos) {
            LockSupport.parkNanos(blocker, nanos);
        }
    };

    /**
     * Now.
     *
     * @return nanoseconds of arbitrary origin, never going back; compared by difference
     */
    long nanoTime();

    /**
     * Parks the calling thread until so much time of this clock has passed or the thread is unparked, or for no reason. A
     * clock driven by hand parks without a limit and, when it has moved, calls {@link TimerEngine#wake()}.
     *
     * @param blocker see {@link LockSupport#park(Object)}
     * @param nanos longest time, positive
     */
    void park(Object blocker, long nanos);
}
