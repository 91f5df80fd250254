package symphony.benchmarks.load;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A publisher's deliveries in flight. When they are as many as may be, the publisher waits, parked, until half of them are
 * handled: nobody spins, and threads change rarely.
 */
final class Window {
    private final int limit;
    private final int half;
    private final AtomicInteger inFlight = new AtomicInteger();
    private volatile Thread waiting;

    Window(int limit) {
        this.limit = limit;
        this.half = limit / 2;
    }

    /** Takes room for so many deliveries, or waits for it until told to stop; the publisher's thread only. */
    boolean enter(int deliveries, StopSign stop) {
        if (inFlight.get() + deliveries > limit) {
            waiting = Thread.currentThread();
            while (inFlight.get() > half && !stop.isUp()) {
                LockSupport.park(this);
            }
            waiting = null;
        }
        if (stop.isUp()) {
            return false;
        }
        inFlight.addAndGet(deliveries);
        return true;
    }

    /** One delivery is handled; any thread. While the publisher waits this passes each number, so also the half. */
    void leave() {
        if (inFlight.decrementAndGet() == half) {
            LockSupport.unpark(waiting);
        }
    }

    int inFlight() {
        return inFlight.get();
    }

    /** Has a waiting publisher look at the stop sign. */
    void wake() {
        LockSupport.unpark(waiting);
    }
}
