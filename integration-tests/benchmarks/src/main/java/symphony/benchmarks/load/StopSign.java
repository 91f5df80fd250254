package symphony.benchmarks.load;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** Ends the publishers, at the end or at the first failure. */
final class StopSign {
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final CountDownLatch failed = new CountDownLatch(1);
    private volatile boolean up;

    boolean isUp() {
        return up;
    }

    void raise() {
        up = true;
    }

    void fail(Throwable cause) {
        failure.compareAndSet(null, cause);
        raise();
        failed.countDown();
    }

    /** Waits, unless somebody fails or has failed. */
    void pause(long millis) throws InterruptedException {
        if (failed.await(millis, TimeUnit.MILLISECONDS)) {
            throw new IllegalStateException("publishing failed: " + failure.get(), failure.get());
        }
    }
}
