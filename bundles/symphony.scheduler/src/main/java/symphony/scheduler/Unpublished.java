package symphony.scheduler;

import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts due events that could not be published, and warns of them, at most once in ten seconds. Thread-safe. */
final class Unpublished {
    private static final Logger log = LoggerFactory.getLogger(Unpublished.class);
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final AtomicLong count = new AtomicLong();
    private long reported;
    private long lastNanos;

    synchronized void add(Waiting waiting, UUID event, String why, long nowNanos) {
        long total = count.incrementAndGet();
        if (reported > 0 && nowNanos - lastNanos < QUIET_NANOS) {
            return;
        }
        log.warn(
                "symphony.scheduler: event {} on {}, scheduled by {}, was not published: {}; {} such events since the last warning, {} in all",
                event,
                waiting.topic(),
                waiting.owner(),
                why,
                total - reported,
                total);
        reported = total;
        lastNanos = nowNanos;
    }

    long count() {
        return count.get();
    }
}
