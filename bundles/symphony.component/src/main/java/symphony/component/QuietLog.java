package symphony.component;

import java.time.Duration;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/** Lets one warning through in ten seconds and counts the others. Thread-safe. */
public final class QuietLog {
    private static final long INTERVAL_NANOS = Duration.ofSeconds(10).toNanos();

    private final LongSupplier nanos;

    // Guarded by this monitor.
    private boolean wrote;
    private long nextNanos;
    private long suppressed;

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
        long leftOut;
        synchronized (this) {
            if (wrote && now - nextNanos < 0) {
                suppressed++;
                return;
            }
            wrote = true;
            nextNanos = now + INTERVAL_NANOS;
            leftOut = suppressed;
            suppressed = 0;
        }
        writer.accept(leftOut);
    }
}
