package symphony.component;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/** Lets one warning through in ten seconds and counts the others. Thread-safe. */
public final class QuietLog {
    private static final long INTERVAL_NANOS = Duration.ofSeconds(10).toNanos();

    private final LongSupplier nanos;
    private final AtomicReference<Long> next = new AtomicReference<>();
    private final AtomicLong suppressed = new AtomicLong();

    /**
     * Without a warning yet.
     *
     * @param nanos the monotonic clock, in nanoseconds
     */
    public QuietLog(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /**
     * Calls the writer now, or leaves it out.
     *
     * @param writer gets the number of those left out since the last time
     */
    public void write(LongConsumer writer) {
        long now = nanos.getAsLong();
        Long due = next.get();
        boolean dueNow = due == null || now - due >= 0;
        if (dueNow && next.compareAndSet(due, now + INTERVAL_NANOS)) {
            writer.accept(suppressed.getAndSet(0));
        } else {
            suppressed.incrementAndGet();
        }
    }
}
