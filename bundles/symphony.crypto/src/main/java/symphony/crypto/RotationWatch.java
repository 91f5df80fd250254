package symphony.crypto;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.component.QuietLog;

/** Has keys rotated that have become too old, from a thread of its own, which sleeps as long as none shall be. Thread-safe. */
final class RotationWatch implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RotationWatch.class);
    private static final long LOOK_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final long STOP_MILLIS = 1000;

    private final QuietLog failures = new QuietLog(System::nanoTime);
    private final LongConsumer rotateOlderThan;
    private final Thread thread;
    private volatile long ageMillis;
    private volatile boolean closed;

    /** {@code rotateOlderThan} gets the age in milliseconds. */
    RotationWatch(LongConsumer rotateOlderThan) {
        this.rotateOlderThan = rotateOlderThan;
        this.thread = new Thread(null, this::run, Crypto.PID + " rotation", 0, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(RotationWatch.class.getClassLoader());
    }

    RotationWatch start() {
        thread.start();
        return this;
    }

    /** From now on keys are rotated at this age; 0 is never. */
    void apply(long millis) {
        ageMillis = millis;
        LockSupport.unpark(thread);
    }

    private void run() {
        while (!closed) {
            long age = ageMillis;
            if (age > 0) {
                look(age);
                LockSupport.parkNanos(this, LOOK_NANOS);
            } else {
                LockSupport.park(this);
            }
        }
    }

    /** The audit is a foreign service, and a disk may be full: whatever they throw must not end this thread. */
    private void look(long age) {
        try {
            rotateOlderThan.accept(age);
        } catch (RuntimeException | Error e) {
            failures.write(more -> log.warn(
                    "symphony.crypto: keys that are too old could not be rotated; trying again in a minute ({} more not told)",
                    more,
                    e));
        }
    }

    /** A rotation that is under way goes on for a second at most, or to its end. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        try {
            thread.join(STOP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
