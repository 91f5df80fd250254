package symphony.queue;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import symphony.api.event.Refusal;
import symphony.api.queue.Offer;

/**
 * No more of a queue for each publisher than its share: whom this queue refuses for that, and what is to be logged of it. Made
 * when somebody with a share first pushes. Guarded by the queue's lock.
 */
final class Shares {
    /** Whoever pushes at its share is refused and taken many times a second: only after so long it has room again. */
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final int WHOLE = 100;

    /** Whom this queue refuses, or did lately. */
    private final Map<String, Refused> refused = new HashMap<>();

    private News news;

    /** Of one publisher. */
    private static final class Refused {
        private long count;
        private long lastNanos;
    }

    /**
     * What is to be logged once.
     *
     * @param publisher who has reached its share, or is below it again
     * @param most events that it may have there
     * @param refused how many were refused until it was below it again; 0 if it begins
     */
    record News(String publisher, int most, long refused) {}

    /** Most events of a queue that a percentage of its capacity is, but one at least. */
    static int most(int capacity, int percent) {
        return (int) Math.max(1, (long) capacity * percent / WHOLE);
    }

    /** The refusal of a publisher's next event; null if it may have one more. */
    Offer.Refused refuse(String identity, String publisher, int held, int most, long nanos) {
        Refused its = refused.get(publisher);
        if (held < most) {
            if (its != null && held <= most / 2 && nanos - its.lastNanos >= QUIET_NANOS) {
                refused.remove(publisher);
                news = new News(publisher, most, its.count);
            }
            return null;
        }
        var refusal = new Offer.Refused(
                Refusal.Reason.SHARE,
                identity + ": holds " + held + " events of " + publisher + ", which may have " + most
                        + " there; wait until some are handled, or raise queue.share of " + publisher
                        + " in PID symphony.publisher");
        if (its == null) {
            its = new Refused();
            refused.put(publisher, its);
            news = new News(publisher, most, 0);
        }
        its.count++;
        its.lastNanos = nanos;
        return refusal;
    }

    /** Gives what is to be logged, once; null for nothing. */
    News news() {
        News heard = news;
        news = null;
        return heard;
    }
}
