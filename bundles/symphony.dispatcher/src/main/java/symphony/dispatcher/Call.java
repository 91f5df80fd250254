package symphony.dispatcher;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import symphony.api.queue.Lease;

/**
 * One call of a handler. What may be done to it from outside, an interrupt or giving it up, is done under its lock and only
 * while it runs, so that no interrupt reaches the next call of its thread.
 */
final class Call {
    final Lane lane;
    final Member member;
    final Lease lease;
    final Thread thread;
    final long startNanos;
    final long limitNanos;

    /** Counted down when the call has been settled, for those who wait for it. Guarded by the lane's lock. */
    private List<CountDownLatch> watchers = List.of();

    private volatile boolean done; // written under this lock, as the two below
    private boolean overrun;
    private boolean abandoned;

    Call(Lane lane, Member member, Lease lease, Thread thread, long startNanos, long limitNanos) {
        this.lane = lane;
        this.member = member;
        this.lease = lease;
        this.thread = thread;
        this.startNanos = startNanos;
        this.limitNanos = limitNanos;
    }

    boolean isDone() {
        return done;
    }

    boolean isOver(long nowNanos) {
        return nowNanos - startNanos > limitNanos;
    }

    /** Marks it as having run over its limit; true the first time. */
    synchronized boolean markOverrun() {
        if (done || overrun) {
            return false;
        }
        overrun = true;
        return true;
    }

    /** Interrupts it if it still runs. */
    synchronized void interrupt() {
        if (!done) {
            thread.interrupt();
        }
    }

    /** Gives it up if it still runs: whatever it returns, its event becomes a dead letter. */
    synchronized boolean abandon() {
        if (done || abandoned) {
            return false;
        }
        abandoned = true;
        return true;
    }

    /**
     * Whether it was given up. Nobody needs to wait for it then; and if it has not come to the handler yet, it must not: who
     * asked the handler to leave was told that no call of it starts any more.
     */
    synchronized boolean isAbandoned() {
        return abandoned;
    }

    /** How a call ended. */
    enum End {
        IN_TIME,
        OVERRUN,
        OVERRUN_UNNOTICED,
        ABANDONED
    }

    /** It returned or threw. Its own thread only; clears that thread's interrupt. */
    synchronized End finish(long nowNanos) {
        done = true;
        Thread.interrupted();
        if (abandoned) {
            return End.ABANDONED;
        }
        if (overrun) {
            return End.OVERRUN;
        }
        return isOver(nowNanos) ? End.OVERRUN_UNNOTICED : End.IN_TIME;
    }

    /** Guarded by the lane's lock. */
    void watch(CountDownLatch latch) {
        var more = new ArrayList<>(watchers);
        more.add(latch);
        watchers = more;
    }

    /** Guarded by the lane's lock. */
    void tellWatchers() {
        watchers.forEach(CountDownLatch::countDown);
    }
}
