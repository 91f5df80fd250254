package symphony.dispatcher;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import symphony.api.dispatcher.MonitorEntry;
import symphony.api.dispatcher.MonitorStream;
import symphony.api.event.TopicFilter;

/** One stream: a ring that drops the oldest. Who writes never waits for who reads. Thread-safe. */
final class MonitorRing implements MonitorStream {
    /** Entries that are copied under one hold of the lock, so that a large reading holds nobody up. */
    private static final int CHUNK = 512;

    final TopicFilter filter;
    private final Runnable check;
    private final Runnable closed;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition filled = lock.newCondition();
    private MonitorEntry[] ring; // guarded by lock, as the following; null once it is closed
    private int first;
    private int size;
    private int readers;
    private long dropped;

    /**
     * Open and empty.
     *
     * @param check throws if its reader may not read any more
     * @param closed told when it is closed, once
     */
    MonitorRing(TopicFilter filter, int capacity, Runnable check, Runnable closed) {
        this.filter = filter;
        this.ring = new MonitorEntry[capacity];
        this.check = check;
        this.closed = closed;
    }

    void offer(MonitorEntry entry) {
        lock.lock();
        try {
            if (ring == null) {
                return;
            }
            if (size == ring.length) {
                first = (first + 1) % ring.length;
                size--;
                dropped++;
            }
            ring[(first + size++) % ring.length] = entry;
            if (readers > 0) {
                filled.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Optional<MonitorEntry> poll(Duration timeout) throws InterruptedException {
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("poll: timeout is " + timeout + ", must not be negative");
        }
        permit();
        long left = TimeUnit.NANOSECONDS.convert(timeout);
        lock.lockInterruptibly();
        try {
            readers++;
            while (ring != null && size == 0 && left > 0) {
                left = filled.awaitNanos(left);
            }
            return size == 0 ? Optional.empty() : Optional.of(take());
        } finally {
            readers--;
            if (size > 0) {
                filled.signal(); // for another who waits, if this one was woken and interrupted
            }
            lock.unlock();
        }
    }

    private MonitorEntry take() {
        MonitorEntry entry = ring[first];
        ring[first] = null;
        first = (first + 1) % ring.length;
        size--;
        return entry;
    }

    @Override
    public List<MonitorEntry> drain(int most) {
        permit();
        var taken = new MonitorEntry[Math.max(0, Math.min(most, count()))];
        int count = 0;
        for (int got = -1; count < taken.length && got != 0; count += Math.max(0, got)) {
            got = drain(taken, count);
        }
        return List.of(count == taken.length ? taken : Arrays.copyOf(taken, count));
    }

    private int count() {
        lock.lock();
        try {
            return size;
        } finally {
            lock.unlock();
        }
    }

    private int drain(MonitorEntry[] taken, int from) {
        lock.lock();
        try {
            int some = Math.min(Math.min(CHUNK, taken.length - from), size);
            for (int i = 0; i < some; i++) {
                taken[from + i] = take();
            }
            return some;
        } finally {
            lock.unlock();
        }
    }

    private void permit() {
        boolean permitted = false;
        try {
            if (!isClosed()) {
                check.run();
            }
            permitted = true;
        } finally {
            if (!permitted) {
                close();
            }
        }
    }

    @Override
    public long dropped() {
        lock.lock();
        try {
            return dropped;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isClosed() {
        lock.lock();
        try {
            return ring == null;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            if (ring == null) {
                return;
            }
            ring = null;
            size = 0;
            filled.signalAll();
        } finally {
            lock.unlock();
        }
        closed.run();
    }

    @Override
    public String toString() {
        return "monitor of " + filter;
    }
}
