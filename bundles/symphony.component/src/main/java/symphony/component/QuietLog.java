package symphony.dispatcher;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/** Lets one warning through in ten seconds and counts the others. Thread-safe. */
final class QuietLog {
    private static final long INTERVAL_NANOS = Duration.ofSeconds(10).toNanos();

    private final LongSupplier nanos;
    private final AtomicReference<Long> next = new AtomicReference<>();
    private final AtomicLong suppressed = new AtomicLong();

    QuietLog(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** Calls the writer now, with the number of those left out since the last time; or leaves it out. */
    void write(LongConsumer writer) {
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
