package symphony.rbac;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells others that what is decided has changed, on a thread that is there while there is something to tell: they may take
 * their time, and the file must be looked at meanwhile. If it changes while they are told, they are told once more.
 * Thread-safe.
 */
final class Announcer {
    private static final Logger log = LoggerFactory.getLogger(Announcer.class);

    private final ThreadPoolExecutor executor;
    private final Runnable announcement;

    Announcer(ThreadFactory threads, Runnable announcement) {
        this.announcement = announcement;
        // One that waits is enough: it tells what is then.
        this.executor = new ThreadPoolExecutor(
                0,
                1,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(1),
                threads,
                new ThreadPoolExecutor.DiscardPolicy());
    }

    /** Something has changed. */
    void announce() {
        executor.execute(this::run);
    }

    private void run() {
        try {
            announcement.run();
        } catch (Throwable e) { // of whoever was told
            log.error("{}: that the policy has changed could not be announced", RbacEngine.PID, e);
        }
    }

    /** Tells nobody any more. */
    void close() {
        executor.shutdown();
    }
}
