package symphony.queue.contract;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/**
 * A thread that a test watches: started at once, ended with the test.
 *
 * @param <T> what it gives
 */
public final class TestThread<T> implements AutoCloseable {
    private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long LOOK_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

    private final FutureTask<T> task;
    private final Thread thread;

    /**
     * Starts.
     *
     * @param body what it does
     */
    public TestThread(Callable<T> body) {
        task = new FutureTask<>(body);
        thread = new Thread(task, "test");
        thread.setDaemon(true);
        thread.start();
    }

    /** Returns when the thread waits for something: there is no event for that, so its state is looked at. */
    public void awaitWaiting() {
        long begun = System.nanoTime();
        while (thread.getState() != Thread.State.TIMED_WAITING && thread.getState() != Thread.State.WAITING) {
            if (System.nanoTime() - begun > DEADLINE_NANOS || thread.getState() == Thread.State.TERMINATED) {
                throw new AssertionError("does not wait but is " + thread.getState());
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /** Interrupts it. */
    public void interrupt() {
        thread.interrupt();
    }

    /**
     * Waits for its end, at most 20 s.
     *
     * @return what it gave
     * @throws ExecutionException if it threw
     * @throws InterruptedException if the test's own thread was interrupted
     */
    public T result() throws ExecutionException, InterruptedException {
        try {
            return task.get(DEADLINE_NANOS, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            var late = new AssertionError("still runs", e);
            late.setStackTrace(thread.getStackTrace());
            throw late;
        }
    }

    /** Interrupts it if it still runs. */
    @Override
    public void close() {
        thread.interrupt();
    }
}
