package symphony.dispatcher;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * One thread for pushes that may have to wait for a disk; made when there is such a push, ends when idle. Whoever gave it
 * something to do is told how it ended, also when it is closed before its turn came. Thread-safe.
 */
final class Background {
    private static final int CAPACITY = 10_000;
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final ThreadFactory threads;
    private final Supervisor supervisor;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Task<?>> tasks = new ArrayDeque<>(); // guarded by lock, as the following
    private boolean running;
    private boolean busy;
    private boolean closed;

    Background(ThreadFactory threads, Supervisor supervisor) {
        this.threads = threads;
        this.supervisor = supervisor;
    }

    /** Something to do, and what to answer if it cannot be done. */
    private record Task<T>(Supplier<T> work, Supplier<T> otherwise, CompletableFuture<T> result) {
        void run() {
            complete(work);
        }

        void refuse() {
            complete(otherwise);
        }

        private void complete(Supplier<T> how) {
            try {
                result.complete(how.get());
            } catch (Throwable t) { // whoever waits must be told, whatever it was
                result.completeExceptionally(t);
            }
        }
    }

    /**
     * Does something later.
     *
     * @param work on its thread
     * @param otherwise the answer if it is closed before
     * @return completed on its thread, or on the one that closes; empty if too much waits already, or it is closed
     */
    <T> Optional<CompletionStage<T>> supply(Supplier<T> work, Supplier<T> otherwise) {
        var task = new Task<>(work, otherwise, new CompletableFuture<>());
        boolean start;
        lock.lock();
        try {
            if (closed || tasks.size() >= CAPACITY) {
                return Optional.empty();
            }
            tasks.add(task);
            changed.signalAll();
            start = !running;
            running = true;
        } finally {
            lock.unlock();
        }
        if (start) {
            supervisor.execute(this::start);
        }
        return Optional.of(task.result);
    }

    /** Supervisor only. */
    private void start() {
        boolean started = false;
        try {
            Thread thread = threads.newThread(this::run);
            thread.setName("symphony-dispatcher-stores");
            thread.start();
            started = true;
        } finally {
            if (!started) { // no memory for a thread: the next push tries again, those that wait are told
                ended();
            }
        }
    }

    private void run() {
        boolean told = false;
        try {
            for (Task<?> task = next(); task != null; task = next()) {
                task.run();
            }
            told = true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // nobody interrupts it
        } finally {
            if (!told) { // no memory to wait, perhaps: the next push makes another, those that wait are told
                ended();
            }
        }
    }

    /** Waits for the next task; null if it is time to end. */
    private Task<?> next() throws InterruptedException {
        lock.lock();
        try {
            busy = false;
            changed.signalAll();
            long left = IDLE_NANOS;
            while (tasks.isEmpty()) {
                if (closed || left <= 0) {
                    running = false;
                    changed.signalAll();
                    return null;
                }
                left = changed.awaitNanos(left);
            }
            busy = true;
            return tasks.poll();
        } finally {
            lock.unlock();
        }
    }

    private void ended() {
        lock.lock();
        try {
            running = false;
            busy = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        refuseAll();
    }

    /** One after the other: what cannot be told, for want of memory, is left to the next thread with all behind it. */
    private void refuseAll() {
        for (Task<?> task = poll(); task != null; task = poll()) {
            task.refuse();
        }
    }

    private Task<?> poll() {
        lock.lock();
        try {
            return tasks.poll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until all is done; false if some is not in time. */
    boolean awaitDone(Duration most) throws InterruptedException {
        long left = most.toNanos();
        lock.lockInterruptibly();
        try {
            while (busy || !tasks.isEmpty()) {
                if (left <= 0) {
                    return false;
                }
                left = changed.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Takes nothing any more, and answers those that wait; the thread ends after what it is doing. */
    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        refuseAll();
    }
}
