package symphony.testing;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** Tells when all that is due has been handled. Thread-safe. */
final class Idleness {
    /*
     * An event is always somewhere: with a call of the dispatcher, a schedule that is due, a queue that can be popped, a lease, a call.
     * The places are looked at one after the other, so an event could move on behind the look. Each move raises a counter;
     * if none has risen from before the first place to after the last, nothing moved and the look was one at one moment.
     */
    private static final long SHORTEST_PAUSE_NANOS = 20_000;
    private static final long LONGEST_PAUSE_NANOS = 2_000_000;

    private final List<BooleanSupplier> places;
    private final List<LongSupplier> moves;
    private final LongSupplier realNanos;

    Idleness(List<BooleanSupplier> places, List<LongSupplier> moves, LongSupplier realNanos) {
        this.places = places;
        this.moves = moves;
        this.realNanos = realNanos;
    }

    boolean isIdle() {
        long before = moved();
        return places.stream().allMatch(BooleanSupplier::getAsBoolean) && moved() == before;
    }

    private long moved() {
        return moves.stream().mapToLong(LongSupplier::getAsLong).sum();
    }

    /** Waits, in real time; says whether it came to that. An interrupt ends the wait and stays pending. */
    boolean await(Duration most) {
        long end = realNanos.getAsLong() + most.toNanos();
        long pause = SHORTEST_PAUSE_NANOS;
        while (!isIdle()) {
            if (realNanos.getAsLong() - end > 0 || Thread.currentThread().isInterrupted()) {
                return false;
            }
            LockSupport.parkNanos(this, pause);
            pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
        }
        return true;
    }
}
