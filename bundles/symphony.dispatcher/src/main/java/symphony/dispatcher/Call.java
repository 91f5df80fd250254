package symphony.dispatcher;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import symphony.api.queue.Lease;

/**
 * One call of a handler. What may be done to it from outside, an interrupt or giving it up, is done only while it runs, so
 * that no interrupt reaches the next call of its thread; one that does not come back ends that thread. Thread-safe; its lock is
 * never held while foreign code runs, as that of an interrupt is.
 */
final class Call {
    /** Longest wait of a call that has ended for the interrupt that is under way. */
    private static final long INTERRUPT_NANOS = TimeUnit.SECONDS.toNanos(1);

    final Lane lane;
    final Member member;
    final Lease lease;
    final Thread thread;

    /** Whose thread it is. */
    final Pool pool;

    final long startNanos;
    final long limitNanos;

    /** Counted down when the call has been settled, for those who wait for it. Guarded by the lane's lock. */
    private List<CountDownLatch> watchers = List.of();

    /** The next in the row of those that shall be interrupted, and whether it is in it. Guarded by the interrupter. */
    Call nextAsked;

    boolean asked;

    private volatile boolean done; // written under this lock, as the following
    private volatile boolean abandoned;
    private boolean overrun;
    private boolean returned;
    private boolean interrupting;
    private boolean hung;

    /** When its last interrupt began, if there was one. */
    private boolean interrupted;

    private long interruptedNanos;

    Call(Lane lane, Member member, Lease lease, Thread thread, Pool pool, long startNanos, long limitNanos) {
        this.lane = lane;
        this.member = member;
        this.lease = lease;
        this.thread = thread;
        this.pool = pool;
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

    /** Interrupts it if it still runs and nobody is at it. Interrupter's threads only: what it waits in may take its time. */
    void interrupt() {
        synchronized (this) {
            if (returned) {
                return;
            }
            interrupted = true;
            interruptedNanos = System.nanoTime();
            if (interrupting) {
                return;
            }
            interrupting = true;
        }
        try {
            thread.interrupt();
        } finally {
            synchronized (this) {
                interrupting = false;
                notifyAll();
            }
        }
    }

    /** Whether somebody interrupted it, or began to, after that moment. */
    synchronized boolean isInterruptedSince(long atNanos) {
        return interrupted && interruptedNanos - atNanos >= 0;
    }

    /** When that began, if it did. */
    synchronized long interruptedNanos() {
        return interruptedNanos;
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
    boolean isAbandoned() {
        return abandoned;
    }

    /** How a call ended. */
    enum End {
        IN_TIME,
        OVERRUN,
        OVERRUN_UNNOTICED,
        ABANDONED
    }

    /** It returned or threw, as {@link #finish(long, long)} has it. */
    End finish(long nowNanos) {
        return finish(nowNanos, INTERRUPT_NANOS);
    }

    /**
     * It returned or threw. Its own thread only; waits for an interrupt that is under way, so long at most, and clears that
     * thread's interrupt.
     */
    synchronized End finish(long nowNanos, long mostNanos) {
        returned = true;
        hung = !awaitInterrupted(mostNanos);
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

    private synchronized boolean awaitInterrupted(long mostNanos) {
        long end = System.nanoTime() + mostNanos;
        while (interrupting) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            try {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            } catch (InterruptedException e) {
                // The one that is waited for; who interrupts may have more to do after it. It is cleared in any case.
            }
        }
        return true;
    }

    /**
     * Whether an interrupt of it was still under way at its end: its thread may be interrupted at any time, and can wait in no
     * channel; it must make no other call. Own thread only.
     */
    synchronized boolean isInterruptHung() {
        return hung;
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
