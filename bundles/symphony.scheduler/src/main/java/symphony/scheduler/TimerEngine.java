package symphony.scheduler;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.scheduler.Timer;

/**
 * A timer with one thread of its own, which parks until the next deadline and uses no CPU before. Deadlines beyond {@value
 * #MOST_YEARS} years are called after that time. Thread-safe.
 */
public final class TimerEngine implements Timer, AutoCloseable {
    /*
     * One lock around a DeadlineHeap, held for O(log n). The thread takes one due deadline out under the lock and calls back
     * outside: from that moment it is gone from the heap, so that of cancel and call exactly one happens.
     *
     * Who sets a deadline before all others unparks the thread. The permit of LockSupport is sticky, so a deadline set between
     * the thread's look at the heap and its parking is not missed.
     *
     * The thread is made here, when the component is activated, and not at the first deadline: on JDK 17 a thread made while
     * a handler's code is on the stack would keep that handler's class loader.
     */
    private static final Logger log = LoggerFactory.getLogger(TimerEngine.class);
    /** Deadlines differ by at most twice as much, and differences of up to 292 years do not overflow. */
    private static final int MOST_YEARS = 90;

    private static final long MOST_NANOS = Duration.ofDays(365L * MOST_YEARS).toNanos();
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(1);

    private final NanoClock clock;
    private final Thread thread;

    /** Guards the heap and {@code closed}; nothing but the clock is called while it is held. */
    private final Object lock = new Object();

    private final DeadlineHeap heap = new DeadlineHeap();
    private boolean closed;

    /** A timer by {@link System#nanoTime()}. */
    public TimerEngine() {
        this(NanoClock.SYSTEM);
    }

    /**
     * A timer by another clock.
     *
     * @param clock what time it is
     */
    public TimerEngine(NanoClock clock) {
        this.clock = Objects.requireNonNull(clock, "clock");
        this.thread = new Thread(null, this::run, "symphony-timer", 0, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(null);
        thread.start();
    }

    @Override
    public long nanoTime() {
        return clock.nanoTime();
    }

    @Override
    public long schedule(long deadlineNanos, LongConsumer callback, long cookie) {
        Objects.requireNonNull(callback, "callback");
        long ticket;
        boolean first;
        synchronized (lock) {
            if (closed) {
                throw new IllegalStateException(
                        "the timer is closed; ask for the service symphony.api.scheduler.Timer again");
            }
            long now = clock.nanoTime();
            long deadline = now + Math.max(-MOST_NANOS, Math.min(deadlineNanos - now, MOST_NANOS));
            first = heap.size() == 0 || deadline - heap.firstDeadline() < 0;
            ticket = heap.add(deadline, callback, cookie);
        }
        if (first) {
            wake();
        }
        return ticket;
    }

    @Override
    public boolean cancel(long ticket) {
        synchronized (lock) {
            return heap.remove(ticket);
        }
    }

    /**
     * How many deadlines are set.
     *
     * @return 0 or more
     */
    public int size() {
        synchronized (lock) {
            return heap.size();
        }
    }

    /** Looks at the clock again; for clocks that are driven by hand. */
    public void wake() {
        LockSupport.unpark(thread);
    }

    /**
     * Calls nothing any more, and waits up to a second for a call that runs, unless it is that call. Deadlines that are left
     * are forgotten. A second time it does nothing.
     */
    @Override
    public void close() {
        int left;
        synchronized (lock) {
            closed = true;
            left = heap.size();
            heap.clear();
        }
        wake();
        if (left > 0) {
            log.debug("symphony.scheduler: timer closed, {} deadlines forgotten", left);
        }
        awaitEnd();
    }

    private void awaitEnd() {
        if (Thread.currentThread() == thread) {
            return;
        }
        try {
            thread.join(CLOSE_WAIT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        Throwable failure = null;
        boolean open = true;
        while (open) {
            boolean telling = failure != null;
            try {
                if (telling) {
                    Throwable told = failure;
                    report(() -> log.error("symphony.scheduler: the timer failed; it goes on", told));
                }
                telling = false;
                failure = null;
                open = step();
            } catch (Throwable t) {
                // Everybody's deadlines hang on this thread. Told in the next turn, since all that could be done
                // here may fail as well: even a text needs memory as it is first used. That telling fails is not told.
                failure = telling ? null : t;
            }
        }
    }

    /** Calls the first if it is due, or waits for it; false if the timer is closed. */
    private boolean step() {
        LongConsumer callback = null;
        long cookie = 0;
        long wait;
        synchronized (lock) {
            if (closed) {
                return false;
            }
            wait = untilFirst();
            if (wait <= 0) {
                callback = heap.firstCallback();
                cookie = heap.firstCookie();
                heap.removeFirst();
            }
        }
        if (callback == null) {
            park(wait);
        } else {
            call(callback, cookie);
        }
        return true;
    }

    private long untilFirst() {
        return heap.size() == 0 ? Long.MAX_VALUE : heap.firstDeadline() - clock.nanoTime();
    }

    private void park(long nanos) {
        // An interrupt that a callback left pending would end each park at once, and burn a core.
        if (Thread.interrupted()) {
            log.debug("symphony.scheduler: a callback left the timer's thread interrupted");
            return; // a lock of the logger may have used up a wake-up: look again
        }
        if (nanos == Long.MAX_VALUE) {
            LockSupport.park(this);
        } else {
            clock.park(this, nanos);
        }
    }

    /** Whatever the callback throws, an Error too, the timer lives: everybody's deadlines hang on it. */
    private static void call(LongConsumer callback, long cookie) {
        try {
            callback.accept(cookie);
        } catch (Throwable e) {
            report(() -> log.error(
                    "symphony.scheduler: the timer's callback {} threw; the timer goes on", callback.getClass(), e));
        }
    }

    private static void report(Runnable line) {
        try {
            line.run();
        } catch (Throwable e) {
            // After an OutOfMemoryError the logger may fail as well; standard error is all that is left, if it is.
            System.err.println("symphony.scheduler: a timer callback threw, and the logger too");
        }
    }
}
