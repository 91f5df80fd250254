package symphony.queue;

import java.util.EnumMap;
import java.util.concurrent.TimeUnit;
import symphony.api.event.Refusal;
import symphony.api.queue.Offer;

/** What a queue refused, and what is to be logged of it. Guarded by the queue's lock. */
final class Refusals {
    /** What is to be logged. */
    enum News {
        NONE,
        FULL,
        ROOM
    }

    /** A small queue is full and empty many times a second; that is said no more often than this. */
    private static final long SAY_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final long[] counts = new long[Refusal.Reason.values().length];
    private boolean refusing;
    private long fullNanos;
    private long fullBefore;
    private News news = News.NONE;

    Offer refuse(Refusal.Reason reason, String detail) {
        counts[reason.ordinal()]++;
        return new Offer.Refused(reason, detail);
    }

    /** Refuses since there is no room. */
    Offer refuseFull(long nanos, String detail) {
        if (!refusing && (fullNanos == 0 || nanos - fullNanos >= SAY_AGAIN_NANOS)) {
            fullNanos = nanos;
            refusing = true;
            fullBefore = of(Refusal.Reason.FULL);
            news = News.FULL;
        }
        return refuse(Refusal.Reason.FULL, detail);
    }

    private long of(Refusal.Reason reason) {
        return counts[reason.ordinal()];
    }

    /** How many since it was last said to be full. */
    long sinceFull() {
        return of(Refusal.Reason.FULL) - fullBefore;
    }

    /** Gives what is to be logged, once. */
    News news(boolean halfEmpty) {
        if (refusing && news == News.NONE && halfEmpty) {
            refusing = false;
            return News.ROOM;
        }
        News heard = news;
        news = News.NONE;
        return heard;
    }

    EnumMap<Refusal.Reason, Long> counts() {
        var all = new EnumMap<Refusal.Reason, Long>(Refusal.Reason.class);
        for (Refusal.Reason reason : Refusal.Reason.values()) {
            if (of(reason) > 0) {
                all.put(reason, of(reason));
            }
        }
        return all;
    }
}
