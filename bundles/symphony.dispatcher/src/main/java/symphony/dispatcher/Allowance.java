package symphony.dispatcher;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.dispatcher.PublisherView;

/** What one bundle may publish now, by its limits per second. Thread-safe. */
final class Allowance {
    /*
     * Events and bytes are taken together or not at all, so that what is refused for the one costs nothing of the other. The
     * lock is one bundle's, and nobody has it for longer than a few nanoseconds.
     */
    private static final Logger log = LoggerFactory.getLogger(Allowance.class);

    /** Whoever publishes at its limit is refused and taken many times a second: only after so long it is within it again. */
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(10);

    final PublisherLimit limit;
    private final String publisher;
    private final LongAdder refused = new LongAdder();
    private final ReentrantLock lock = new ReentrantLock();
    private final TokenBucket events; // null for no limit; guarded by lock, as all that follows
    private final TokenBucket bytes;
    private long published;
    private boolean refusing;
    private boolean told;
    private long refusedNanos;
    private long refusedBefore;

    Allowance(String publisher, PublisherLimit limit, long nanos) {
        this.publisher = publisher;
        this.limit = limit;
        this.events = limit.eventsPerSecond() == 0 ? null : new TokenBucket(limit.eventsPerSecond(), nanos);
        this.bytes = limit.bytesPerSecond() == 0 ? null : new TokenBucket(limit.bytesPerSecond(), nanos);
    }

    /** Takes one event of this size; empty, or why it must be refused. */
    String take(int size, long nanos) {
        boolean moreEvents;
        boolean moreBytes;
        boolean begins;
        long ended = -1;
        lock.lock();
        try {
            moreEvents = events != null && !events.has(1, nanos);
            moreBytes = bytes != null && !bytes.has(size, nanos);
            refusing = moreEvents || moreBytes;
            begins = refusing && !told;
            if (begins) {
                told = true;
                refusedBefore = refused.sum();
            }
            if (refusing) {
                refused.increment();
                refusedNanos = nanos;
            } else {
                pay(size);
                if (told && nanos - refusedNanos >= QUIET_NANOS) {
                    told = false;
                    ended = refused.sum() - refusedBefore;
                }
            }
        } finally {
            lock.unlock();
        }
        if (begins) {
            log.warn(
                    "{}: publishes more than it may, {}; the rest is refused as RATE; publish less, or raise its limits in PID"
                            + " {}",
                    publisher,
                    text(moreEvents, moreBytes),
                    PublisherLimits.PID);
        } else if (ended >= 0) {
            log.info("{}: publishes within its limits again; refused meanwhile: {}", publisher, ended);
        }
        return moreEvents || moreBytes ? text(moreEvents, moreBytes) : "";
    }

    private void pay(int size) {
        if (events != null) {
            events.take(1);
        }
        if (bytes != null) {
            bytes.take(size);
        }
        published++;
    }

    private String text(boolean moreEvents, boolean moreBytes) {
        String ofEvents = moreEvents ? limit.eventsPerSecond() + " events a second" : "";
        String ofBytes = moreBytes ? limit.bytesPerSecond() + " bytes a second" : "";
        return ofEvents + (moreEvents && moreBytes ? " and " : "") + ofBytes;
    }

    /** A queue refused an event of it, since it has its share of that queue. */
    void shareRefused() {
        refused.increment();
    }

    PublisherView view() {
        lock.lock();
        try {
            return new PublisherView(
                    publisher,
                    limit.eventsPerSecond(),
                    limit.bytesPerSecond(),
                    limit.queueShare(),
                    published,
                    refused.sum(),
                    refusing);
        } finally {
            lock.unlock();
        }
    }
}
