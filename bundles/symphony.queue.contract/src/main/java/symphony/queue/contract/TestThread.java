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
final class TestThread<T> implements AutoCloseable {
    private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final long LOOK_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

    private final FutureTask<T> task;
    private final Thread thread;

    TestThread(Callable<T> body) {
        task = new FutureTask<>(body);
        thread = new Thread(task, "test");
        thread.setDaemon(true);
        thread.start();
    }

    /** Returns when the thread waits for something: there is no event for that, so its state is looked at. */
    void awaitWaiting() {
        long begun = System.nanoTime();
        while (thread.getState() != Thread.State.TIMED_WAITING && thread.getState() != Thread.State.WAITING) {
            if (System.nanoTime() - begun > DEADLINE_NANOS || thread.getState() == Thread.State.TERMINATED) {
                throw new AssertionError("does not wait but is " + thread.getState());
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    void interrupt() {
        thread.interrupt();
    }

    T result() throws ExecutionException, InterruptedException {
        try {
            return task.get(DEADLINE_NANOS, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            var late = new AssertionError("still runs", e);
            late.setStackTrace(thread.getStackTrace());
            throw late;
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
