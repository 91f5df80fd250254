package symphony.dispatcher;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.component.QuietLog;

/** Interrupts calls, on threads that do nothing else. Thread-safe. */
final class Interrupter {
    /*
     * Thread.interrupt() runs foreign code: a thread that waits in an interruptible channel is interrupted by closing that
     * channel, and how it closes is for its maker to say. So neither the supervisor nor a thread on which a handler leaves
     * interrupts anything; they ask, and one thread that is there for it does it. While that does not return from an interrupt
     * and another is asked for, another thread takes its place: there is one for each call that hangs so, and one more. One that
     * interrupted something is not kept either, since what the maker of a channel left in its thread-locals must not stay; but
     * it goes only once the next is there, for a thread that hangs may be needed for want of threads.
     *
     * Asking needs no memory: a call that was marked as over its limit is marked no second time.
     */
    static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private static final Logger log = LoggerFactory.getLogger(Interrupter.class);

    private final ThreadFactory threads;
    private final QuietLog failures = new QuietLog(System::nanoTime);

    /** The calls to interrupt, linked by {@link Call#nextAsked}. Guarded by this, as the following. */
    private Call first;

    private Call last;

    /** Who does it now; null if it ended by a fault. */
    private Turn turn;

    private boolean closed;

    /** @param threads called by the constructor, and on the supervisor */
    Interrupter(ThreadFactory threads) {
        this.threads = threads;
        this.turn = new Turn();
    }

    /** Begins. */
    synchronized void start() {
        turn.thread.start();
    }

    /** A call shall be interrupted, unless it ends before. Any thread; the supervisor must look after it. */
    synchronized void ask(Call call) {
        if (call.asked) {
            return;
        }
        call.asked = true;
        if (first == null) {
            first = call;
        } else {
            last.nextAsked = call;
        }
        last = call;
        notifyAll();
    }

    /** Whether some were asked for that nobody has begun to interrupt. */
    synchronized boolean isAsked() {
        return first != null;
    }

    /** Supervisor only: has another thread take its turn if it is time. */
    void look() {
        if (!isTimeForAnother(System.nanoTime())) {
            return;
        }
        try {
            var next = new Turn();
            next.thread.start();
            change(next);
        } catch (RuntimeException | Error e) { // no thread to be had: the next look tries again
            failures.write(more -> log.error(
                    "no thread could be made that interrupts calls; trying again ({} more not told)", more, e));
        }
    }

    private synchronized boolean isTimeForAnother(long now) {
        if (closed) {
            return false;
        }
        if (turn == null) {
            return true;
        }
        return turn.busy ? first != null && now - turn.sinceNanos >= PATIENCE_NANOS : turn.used && first == null;
    }

    private synchronized void change(Turn next) {
        if (turn != null) {
            turn.over = true;
        }
        turn = next.over ? null : next;
        notifyAll();
    }

    /** Ends once what was asked for is done. */
    synchronized void close() {
        closed = true;
        if (turn != null) {
            turn.over = true;
        }
        notifyAll();
    }

    /** The thread that waits for something to do, or is about to end after it was closed; null if there is none. */
    synchronized Thread waiting() {
        return turn == null || turn.busy ? null : turn.thread;
    }

    /** The next call for a turn, which waits for one; null if its turn is over. */
    private synchronized Call next(Turn taker) {
        taker.busy = false;
        awaitSomething(taker);
        if (first == null || taker.over && !closed) {
            return null;
        }
        Call call = first;
        first = call.nextAsked;
        last = first == null ? null : last; // nothing of a call stays
        call.nextAsked = null;
        call.asked = false;
        taker.busy = true;
        taker.used = true;
        taker.sinceNanos = System.nanoTime();
        return call;
    }

    private synchronized void awaitSomething(Turn taker) {
        while (!taker.over && first == null) {
            try {
                wait();
            } catch (InterruptedException e) {
                // By the code of a channel, on its way: nothing here ends by an interrupt.
            }
        }
    }

    private synchronized void end(Turn ended) {
        ended.over = true;
        if (turn == ended && !closed) {
            turn = null;
        }
    }

    /** A thread that interrupts; its fields are guarded by the interrupter. */
    private final class Turn implements Runnable {
        final Thread thread;
        private boolean over;
        private boolean used;

        /** Whether it is at a call, and since when. */
        private boolean busy;

        private long sinceNanos;

        Turn() {
            thread = threads.newThread(this);
            thread.setName("symphony-dispatcher-interrupter");
        }

        @Override
        public void run() {
            try {
                while (interruptNext()) {
                    Thread.interrupted(); // whoever did that, nothing here ends by it
                }
            } finally {
                end(this);
            }
        }

        private boolean interruptNext() {
            Call call = next(this);
            if (call != null) {
                interrupt(call);
            }
            return call != null;
        }

        private void interrupt(Call call) {
            try {
                call.interrupt();
            } catch (Throwable t) { // whatever a channel's maker throws
                failures.write(more -> log.warn(
                        "{}: what a call waits in failed as it was closed to interrupt it ({} more not told): {}",
                        call.lane,
                        more,
                        FailureText.withStack(t)));
            }
        }
    }
}
