package symphony.dispatcher;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Lets publishers in, until it is shut: then only those that publish from a handler's call, so that work in progress can
 * end; and once that is over nobody. Thread-safe.
 */
final class PublishGate {
    /*
     * Whoever shuts it wants to know when all who were inside have left, so that what they were told is true: an event
     * that was accepted is handled or reported. Those inside are counted in cells, so that publishers do not all write to
     * one cache line; a publisher counts itself first and looks at the state after, so each is either seen or refused. A
     * publisher that leaves from the cell that it came in by cannot hide another, and a cell that was seen empty once
     * after shutting is empty for good.
     */
    /** Let in from a call, and not counted: the call itself is waited for. */
    static final int FROM_CALL = -1;

    /** Not let in. */
    static final int REFUSED = -2;

    /** Ints in a cache line; neighbours in it would write to each other's. */
    private static final int SPREAD = 16;

    private enum State {
        OPEN,
        CALLS_ONLY,
        CLOSED
    }

    private final BooleanSupplier inCall;
    private final AtomicIntegerArray cells;
    private final int mask;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition left = lock.newCondition();
    private volatile State state = State.OPEN;

    /**
     * Open.
     *
     * @param cells how many, rounded up to a power of two
     * @param inCall whether the current thread is in a handler's call
     */
    PublishGate(int cells, BooleanSupplier inCall) {
        this.inCall = inCall;
        this.mask = Integer.highestOneBit(Math.max(1, cells - 1) * 2) - 1;
        this.cells = new AtomicIntegerArray((mask + 1) * SPREAD);
    }

    /** Asks to be let in: {@link #REFUSED}, or what to give to {@link #leave}. */
    int enter() {
        int cell = (int) (Thread.currentThread().getId() & mask) * SPREAD;
        cells.incrementAndGet(cell);
        if (state == State.OPEN) {
            return cell;
        }
        leave(cell);
        return state == State.CALLS_ONLY && inCall.getAsBoolean() ? FROM_CALL : REFUSED;
    }

    void leave(int pass) {
        if (pass < 0) {
            return;
        }
        if (cells.decrementAndGet(pass) == 0 && state != State.OPEN) {
            lock.lock();
            try {
                left.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Lets in only those in calls, from now on. */
    void shut() {
        state = State.CALLS_ONLY;
    }

    /** Lets in nobody any more. */
    void close() {
        state = State.CLOSED;
    }

    /** After shutting: waits until those who were inside have left; false if some have not in time. */
    boolean awaitLeft(Duration most) throws InterruptedException {
        long nanos = most.toNanos();
        lock.lockInterruptibly();
        try {
            for (int cell = 0; cell < cells.length(); cell += SPREAD) {
                while (cells.get(cell) > 0) {
                    if (nanos <= 0) {
                        return false;
                    }
                    nanos = left.awaitNanos(nanos);
                }
            }
            return true;
        } finally {
            lock.unlock();
        }
    }
}
