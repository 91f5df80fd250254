package symphony.benchmarks.load;

import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Waits for due times. The operating system wakes a parked thread tens of microseconds late, which would be measured as
 * latency of the contestant. So it parks only while there is more time than {@value #SPIN_NANOS} ns, and spins for the rest: at
 * rates above 5000/s it always spins. That costs a core, the same for all contestants. One thread only.
 */
final class Pacer {
    static final long SPIN_NANOS = 200_000;

    private final LongSupplier clock;
    private final LongConsumer park;

    Pacer() {
        this(System::nanoTime, LockSupport::parkNanos);
    }

    Pacer(LongSupplier clock, LongConsumer park) {
        this.clock = clock;
        this.park = park;
    }

    /** Returns at the due time, or at once if that is over. */
    void await(long due) {
        for (long left = due - clock.getAsLong(); left > 0; left = due - clock.getAsLong()) {
            if (left > SPIN_NANOS) {
                park.accept(left - SPIN_NANOS);
            } else {
                Thread.onSpinWait();
            }
        }
    }
}
