package symphony.queue;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.queue.MemoryBudget;

/** Counts the bytes of all envelopes in memory, and lets publishers wait for room. Thread-safe. */
final class EnvelopeBudget implements MemoryBudget {
    /*
     * The count is one atomic number, so that whoever finds room takes it without a lock. Those who wait stand in a line
     * under a lock: bytes that come back are granted to the first of the line, as soon as they are enough for it. So each
     * release wakes only those it serves, and a large envelope is not overtaken by small ones in the line for ever.
     * The lock is a leaf: nothing else is locked or called under it.
     */
    private static final Logger log = LoggerFactory.getLogger(EnvelopeBudget.class);

    /** How often those who wait look for what has expired. */
    static final long PURGE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final AtomicLong used = new AtomicLong();
    private final AtomicBoolean exhausted = new AtomicBoolean();
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<Waiter> line = new ArrayDeque<>();
    private volatile int waiting;
    private volatile long limit;
    private volatile boolean closed;

    private static final class Waiter {
        final long bytes;
        final Condition turn;
        boolean granted;
        boolean tooLarge;

        Waiter(long bytes, Condition turn) {
            this.bytes = bytes;
            this.turn = turn;
        }
    }

    EnvelopeBudget(long limit) {
        this.limit = limit;
    }

    @Override
    public boolean tryReserve(long bytes) {
        checkNotNegative(bytes);
        for (; ; ) {
            long now = used.get();
            if (bytes > limit - now) {
                return false;
            }
            if (used.compareAndSet(now, now + bytes)) {
                return true;
            }
        }
    }

    @Override
    public void reserve(long bytes) {
        checkNotNegative(bytes);
        used.addAndGet(bytes);
    }

    @Override
    public void release(long bytes) {
        checkNotNegative(bytes);
        used.addAndGet(-bytes);
        if (waiting > 0) {
            grant();
        }
    }

    private static void checkNotNegative(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("bytes is " + bytes + ", must not be negative");
        }
    }

    @Override
    public long used() {
        return used.get();
    }

    @Override
    public long limit() {
        return limit;
    }

    void limit(long bytes) {
        limit = bytes;
        grant();
    }

    /**
     * Takes bytes, and waits for them.
     *
     * @param purge is called now and then meanwhile, without a lock, to look for bytes that nobody else would give back
     * @return whether they were taken; false if the time was over, the budget was closed or is smaller than that
     */
    boolean reserve(long bytes, long maxNanos, Runnable purge) throws InterruptedException {
        Waiter waiter = standInLine(bytes);
        boolean taken = false;
        try {
            taken = await(waiter, maxNanos, purge);
            return taken;
        } finally {
            leave(waiter, taken);
        }
    }

    private Waiter standInLine(long bytes) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            var waiter = new Waiter(bytes, lock.newCondition());
            line.addLast(waiter);
            waiting = line.size();
            // Only now that a release would see us: whatever came back before is found here.
            grantInLine();
            return waiter;
        } finally {
            lock.unlock();
        }
    }

    private void leave(Waiter waiter, boolean taken) {
        lock.lock();
        try {
            if (line.remove(waiter)) {
                waiting = line.size();
                grantInLine();
            }
        } finally {
            lock.unlock();
        }
        if (waiter.granted && !taken) {
            release(waiter.bytes);
        }
    }

    private boolean await(Waiter waiter, long maxNanos, Runnable purge) throws InterruptedException {
        long left = maxNanos;
        for (; ; ) {
            long part = Math.min(left, PURGE_NANOS);
            lock.lock();
            try {
                left -= part - awaitPart(waiter, part);
                if (waiter.granted || waiter.tooLarge || closed || left <= 0) {
                    return waiter.granted;
                }
            } finally {
                lock.unlock();
            }
            purge.run();
        }
    }

    /** How much of the time was not needed. */
    private long awaitPart(Waiter waiter, long nanos) throws InterruptedException {
        long left = nanos;
        while (left > 0 && !waiter.granted && !waiter.tooLarge && !closed) {
            try {
                left = waiter.turn.awaitNanos(left);
            } catch (InterruptedException e) {
                if (!waiter.granted) {
                    throw e;
                }
                // The bytes are ours already; the interrupt stays pending for the caller.
                Thread.currentThread().interrupt();
            }
        }
        return left;
    }

    private void grant() {
        lock.lock();
        try {
            grantInLine();
        } finally {
            lock.unlock();
        }
    }

    private void grantInLine() {
        while (!line.isEmpty()) {
            Waiter first = line.peekFirst();
            if (first.bytes > limit) {
                // It would hold up all behind it for nothing.
                first.tooLarge = true;
                first.turn.signal();
                line.removeFirst();
            } else if (tryReserve(first.bytes)) {
                first.granted = true;
                first.turn.signal();
                line.removeFirst();
            } else {
                break;
            }
        }
        waiting = line.size();
    }

    /** Wakes all who wait; they get nothing. What is held may still be released. */
    void close() {
        lock.lock();
        try {
            closed = true;
            line.forEach(waiter -> waiter.turn.signal());
        } finally {
            lock.unlock();
        }
    }

    /** Says once that there is no room, until there is plenty again. */
    void reportExhausted() {
        if (exhausted.compareAndSet(false, true)) {
            log.warn(
                    "envelopes in memory have {} of {} bytes; publishers are refused (LIMIT); look for handlers that are slower "
                            + "than their publishers, or raise memory.bytes in PID {}",
                    used(),
                    limit,
                    MemoryQueueEngine.PID);
        }
    }

    /** Says once that there is room again. */
    void reportRoom() {
        if (exhausted.get() && used() <= limit / 4 * 3 && exhausted.compareAndSet(true, false)) {
            log.info("envelopes in memory have {} of {} bytes; publishers are served again", used(), limit);
        }
    }
}
