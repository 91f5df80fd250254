package symphony.nlp;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread of this bundle that does what others shall not wait for, one thing after the other, and makes the other threads: one that
 * is made while somebody's code is on the stack keeps that one's class loader. Thread-safe.
 */
final class Supervisor implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Supervisor.class);

    private final AtomicInteger made = new AtomicInteger();
    private final ThreadPoolExecutor executor;

    /** Its thread is made now, by whoever starts this bundle: it keeps nothing of anybody who calls later. */
    Supervisor() {
        this.executor = new ThreadPoolExecutor(
                1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> daemon(work, "symphony-nlp"));
        executor.prestartAllCoreThreads();
    }

    private static Thread daemon(Runnable work, String name) {
        var thread = new Thread(null, work, name, 0, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(Supervisor.class.getClassLoader());
        return thread;
    }

    /** Soon, on its thread; never if it is closed. */
    void execute(Runnable work) {
        try {
            executor.execute(() -> run(work));
        } catch (RejectedExecutionException e) {
            log.debug("{} stops", NlpSettings.PID, e);
        }
    }

    private static void run(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            log.warn("{}: what a change of access control asks for failed", NlpSettings.PID, e);
        }
    }

    /**
     * Makes a thread for a training. It keeps nobody from ending the process, and has nothing of whoever asks for it.
     *
     * @throws RejectedExecutionException if this is closed
     */
    Thread newThread(Runnable work) {
        return CompletableFuture.supplyAsync(
                        () -> daemon(work, "symphony-training-" + made.incrementAndGet()), executor)
                .join();
    }

    /** What waits is still done. */
    @Override
    public void close() {
        executor.shutdown();
    }
}
