package symphony.dispatcher;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.component.QuietLog;

/** Interrupts calls, on threads that do nothing else. Thread-safe. */
final class Interrupter {
    /*
     * Thread.interrupt() runs foreign code: a thread that waits in an interruptible channel is interrupted by closing that
     * channel, and how it closes is for its maker to say. So neither the supervisor nor a thread on which a handler leaves
     * interrupts anything; they ask, and one thread that is there for it does it. While that does not return from an interrupt
     * and another is asked for, others help: as many as are at it already, and no more than calls wait, each time that a call has
     * waited for so long. So the number of those who hang doubles until one gets to whoever can be interrupted, and nobody waits
     * for a whole row of them. The first of the new ones takes the place of the one that waits for calls; each of the others, and
     * the one before it, ends once no call waits: there is one for each call that hangs, and one more. One that interrupted
     * something is not kept either, since what the maker of a channel left in its thread-locals must not stay; but it goes only
     * once the next is there, for a thread that hangs may be needed for want of threads.
     *
     * Asking needs no memory: a call that was marked as over its limit is marked no second time.
     */
    static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private static final Logger log = LoggerFactory.getLogger(Interrupter.class);

    private final ThreadFactory threads;
    private final LongSupplier nanos;
    private final QuietLog failures = new QuietLog(System::nanoTime);

    /** The calls to interrupt, linked by {@link Call#nextAsked}. Guarded by this, as the following. */
    private Call first;

    private Call last;

    /** How many are in that row, since when the first of them waits for help, and how many threads are at a call. */
    private int waiting;

    private long waitingNanos;
    private int busy;

    /** Who waits for calls; null if it ended by a fault. */
    private Turn turn;

    private boolean closed;

    /**
     * @param threads called by the constructor, and on the supervisor
     * @param nanos the clock by which calls wait for help
     */
    Interrupter(ThreadFactory threads, LongSupplier nanos) {
        this.threads = threads;
        this.nanos = nanos;
        this.turn = new Turn(false);
    }

    /** Begins. */
    synchronized void start() {
        turn.thread.start();
    }

    /** A call shall be interrupted, unless it ends before. Any thread; the supervisor must look after it. */
    synchronized void ask(Call call) {
        if (call.asked || closed) { // nobody makes threads any more
            return;
        }
        call.asked = true;
        if (first == null) {
            first = call;
            waitingNanos = nanos.getAsLong();
        } else {
            last.nextAsked = call;
        }
        last = call;
        waiting++;
        notifyAll();
    }

    /** Whether some were asked for that nobody has begun to interrupt. */
    synchronized boolean isAsked() {
        return first != null;
    }

    /** Supervisor only: has other threads take their turns if it is time. */
    void look() {
        try {
            int some = missing(nanos.getAsLong());
            for (int i = 0; i < some; i++) {
                var next = new Turn(i > 0);
                next.thread.start();
                if (i == 0) {
                    change(next);
                }
            }
        } catch (RuntimeException | Error e) { // no thread to be had: the next look tries again
            failures.write(more -> log.error(
                    "no thread could be made that interrupts calls; trying again ({} more not told)", more, e));
        }
    }

    /** How many threads shall be made. */
    private synchronized int missing(long now) {
        if (closed) {
            return 0;
        }
        if (turn == null) {
            return 1;
        }
        if (first == null) {
            return turn.used && !turn.busy ? 1 : 0;
        }
        if (busy == 0 || now - waitingNanos < PATIENCE_NANOS) {
            return 0;
        }
        waitingNanos = now; // those that are made now have as long
        return Math.min(waiting, busy);
    }

    private synchronized void change(Turn next) {
        if (turn != null) {
            turn.over = true;
        }
        turn = next.over ? null : next;
        notifyAll();
    }

    /** Ends once what was asked for is done; what nobody can take, since all threads hang, is done no more. */
    synchronized void close() {
        closed = true;
        if (turn == null || turn.busy) {
            forget();
        }
        if (turn != null) {
            turn.over = true;
        }
        notifyAll();
    }

    /** A thread that hangs keeps all of this. */
    private void forget() {
        while (first != null) {
            take();
        }
    }

    private Call take() {
        Call call = first;
        first = call.nextAsked;
        last = first == null ? null : last; // nothing of a call stays
        waiting--;
        call.nextAsked = null;
        call.asked = false;
        return call;
    }

    /** The thread that waits for something to do, or is about to end after it was closed; null if there is none. */
    synchronized Thread waiting() {
        return turn == null || turn.busy ? null : turn.thread;
    }

    /** The next call for a turn, which waits for one; null if its turn is over. */
    private synchronized Call next(Turn taker) {
        rest(taker);
        awaitSomething(taker);
        if (first == null) {
            return null;
        }
        taker.busy = true;
        taker.used = true;
        busy++;
        return take();
    }

    private void rest(Turn taker) {
        if (taker.busy) {
            taker.busy = false;
            busy--;
        }
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
        rest(ended);
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

        /** Whether it is at a call. */
        private boolean busy;

        /** @param helps whether it waits for nothing */
        Turn(boolean helps) {
            over = helps;
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
