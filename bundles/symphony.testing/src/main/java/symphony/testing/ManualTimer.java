package symphony.testing;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.scheduler.Timer;

/**
 * A clock and a timer whose time stands still until it is moved. What is due is called in order on a thread of its own, as
 * with a real timer. Thread-safe.
 */
public final class ManualTimer implements Timer, InstantSource, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ManualTimer.class);

    /** An origin other than 0, and near an overflow, so that nobody gets away with comparing nano times by {@code <}. */
    private static final long ORIGIN = Long.MAX_VALUE - Duration.ofMinutes(1).toNanos();

    private record Deadline(long nanos, long ticket, LongConsumer callback, long cookie) {}

    private final Instant start;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock(); // guards all below; nothing is called while it is held
    private final Condition changed = lock.newCondition();
    private final PriorityQueue<Deadline> deadlines = new PriorityQueue<>(
            Comparator.comparingLong((Deadline d) -> d.nanos() - ORIGIN).thenComparing(Deadline::ticket));
    private final Map<Long, Deadline> byTicket = new HashMap<>();
    private volatile long nowNanos = ORIGIN;
    private long tickets;
    private long calls;
    private boolean calling;
    private boolean closed;

    /**
     * Stands at an instant.
     *
     * @param start where time begins
     */
    public ManualTimer(Instant start) {
        this.start = Objects.requireNonNull(start, "start");
        this.thread = new Thread(this::run, "symphony-test-timer");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public long nanoTime() {
        return nowNanos;
    }

    @Override
    public Instant instant() {
        return start.plusNanos(nowNanos - ORIGIN);
    }

    @Override
    public long schedule(long deadlineNanos, LongConsumer callback, long cookie) {
        Objects.requireNonNull(callback, "callback");
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("the timer is closed");
            }
            var deadline = new Deadline(deadlineNanos, ++tickets, callback, cookie);
            deadlines.add(deadline);
            byTicket.put(deadline.ticket(), deadline);
            changed.signalAll();
            return deadline.ticket();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean cancel(long ticket) {
        lock.lock();
        try {
            Deadline deadline = byTicket.remove(ticket);
            return deadline != null && deadlines.remove(deadline);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Moves the time on. Returns before what is now due has been called.
     *
     * @param by how far, not negative
     */
    public void move(Duration by) {
        if (by.isNegative()) {
            throw new IllegalArgumentException("time moves by " + by + ", must not be negative");
        }
        moveTo(nowNanos + by.toNanos());
    }

    /** Moves the time on to a point of {@link #nanoTime()}. */
    void moveTo(long nanos) {
        lock.lock();
        try {
            if (nanos - nowNanos > 0) {
                nowNanos = nanos;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The next deadline that is not later than another. */
    OptionalLong nextUntil(long nanos) {
        lock.lock();
        try {
            Deadline first = deadlines.peek();
            return first == null || first.nanos() - nanos > 0 ? OptionalLong.empty() : OptionalLong.of(first.nanos());
        } finally {
            lock.unlock();
        }
    }

    /** Whether nothing is due and nothing is being called. */
    boolean isQuiet() {
        lock.lock();
        try {
            return !calling && !isDue();
        } finally {
            lock.unlock();
        }
    }

    /** How much it has called so far. */
    long calls() {
        lock.lock();
        try {
            return calls;
        } finally {
            lock.unlock();
        }
    }

    private boolean isDue() {
        Deadline first = deadlines.peek();
        return first != null && first.nanos() - nowNanos <= 0;
    }

    private void run() {
        for (Deadline due = next(); due != null; due = next()) {
            try {
                due.callback().accept(due.cookie());
            } catch (RuntimeException | Error e) {
                log.error("a callback of the timer threw", e);
            }
        }
    }

    /** Waits for the next that is due; null once it is closed. */
    private Deadline next() {
        lock.lock();
        try {
            calling = false;
            while (!closed && !isDue()) {
                changed.awaitUninterruptibly();
            }
            if (closed) {
                return null;
            }
            calling = true;
            calls++;
            Deadline due = deadlines.remove();
            byTicket.remove(due.ticket());
            return due;
        } finally {
            lock.unlock();
        }
    }

    /** Calls nothing any more. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            deadlines.clear();
            byTicket.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
