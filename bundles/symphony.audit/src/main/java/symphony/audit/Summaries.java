package symphony.audit;

import java.time.InstantSource;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import symphony.api.audit.AuditRecord.Kind;
import symphony.api.audit.Outcome;

/**
 * Counts steps of the flow of events by their kinds until they are drained. Threads count in tables of their own, mostly, each with its
 * lock. However long nobody drains none of them has more kinds than a bound, nor has what is drained: what is beyond it is counted as
 * of anybody on anything. Counting is thread-safe; all else is for the writer's thread.
 */
final class Summaries {
    /*
     * Nothing that was counted may get lost where memory is short. So a table is exchanged for one that was made before, and what
     * it has moves one by one, each without wanting memory once it has a place.
     */
    /** Stands for whatever has no room. */
    static final String ANY = "*";

    private static final int LEAST_STRIPES = 4;
    private static final int MOST_STRIPES = 16;

    private final InstantSource clock;
    private final Stripe[] stripes;
    private final AtomicBoolean isFilled = new AtomicBoolean();
    private volatile int most;
    private volatile long sinceMillis;

    // The writer's own.
    private final KindTable drained = new KindTable();
    private long fromMillis;
    private long toMillis;

    Summaries(InstantSource clock, int most) {
        this.clock = clock;
        this.most = most;
        int wanted = 4 * Runtime.getRuntime().availableProcessors() - 1;
        int count = Integer.highestOneBit(Math.min(MOST_STRIPES, Math.max(LEAST_STRIPES, wanted)));
        stripes = new Stripe[count];
        for (int i = 0; i < count; i++) {
            stripes[i] = new Stripe();
        }
    }

    /** A table of some threads. */
    private static final class Stripe {
        /** Guarded by this. */
        private KindTable counting = new KindTable();

        /** The writer's own. */
        private KindTable taken = new KindTable();

        synchronized void add(
                int most,
                String action,
                String principal,
                String topic,
                String subscription,
                Outcome outcome,
                UUID id) {
            counting.add(most, action, principal, topic, subscription, outcome, id);
        }

        void moveTo(int most, KindTable table) {
            table.takeAll(most, taken); // what is left there where memory was short
            taken = exchange(new KindTable());
            table.takeAll(most, taken);
        }

        private synchronized KindTable exchange(KindTable other) {
            KindTable counted = counting;
            counting = other;
            return counted;
        }
    }

    /** How many kinds are told apart. */
    void apply(int bound) {
        most = bound;
    }

    /** Counts a step; true if it is the first since the last time that all were drained. */
    boolean add(String action, String principal, String topic, String subscription, Outcome outcome, UUID id) {
        int number = (int) (Thread.currentThread().getId() * 0x9E3779B97F4A7C15L >>> 40);
        stripes[number & stripes.length - 1].add(most, action, principal, topic, subscription, outcome, id);
        return fill();
    }

    private boolean fill() {
        if (!isFilled.get() && isFilled.compareAndSet(false, true)) {
            sinceMillis = clock.millis();
            return true;
        }
        return false;
    }

    boolean isEmpty() {
        return !isFilled.get() && drained.isEmpty();
    }

    /** Whether there are drafts to be made of what was drained. */
    boolean isDrained() {
        return !drained.isEmpty();
    }

    /** All that was counted until now is to become drafts. */
    void drain(long nowMillis) {
        if (!isFilled.get()) {
            return;
        }
        long from = Math.min(sinceMillis, nowMillis);
        fromMillis = drained.isEmpty() ? from : Math.min(fromMillis, from);
        toMillis = nowMillis;
        isFilled.set(false); // before the tables are exchanged: who counts meanwhile fills it again
        boolean isDone = false;
        try {
            for (Stripe stripe : stripes) {
                stripe.moveTo(most, drained);
            }
            isDone = true;
        } finally {
            if (!isDone) {
                isFilled.set(true);
            }
        }
    }

    /** Makes some drafts of what was drained, and adds them; it is drained again if they are refused. */
    void moveTo(List<Draft> drafts, int count, long nowMillis) {
        Iterator<Summary> each = drained.iterator();
        for (int i = 0; i < count && each.hasNext(); i++) {
            Summary summary = each.next();
            long from = fromMillis;
            long to = toMillis;
            byte[] content = summary.content(from, to).encode();
            drafts.add(new Draft(Kind.SUMMARY, nowMillis, content, () -> putBack(summary, from, to)));
            each.remove();
        }
    }

    private void putBack(Summary refused, long from, long to) {
        boolean isFirst = drained.isEmpty();
        drained.take(most, refused);
        fromMillis = isFirst ? from : Math.min(fromMillis, from);
        toMillis = isFirst ? to : Math.max(toMillis, to);
    }

    /** How many steps are counted and no drafts yet: for the end. */
    long left(long nowMillis) {
        drain(nowMillis);
        long left = 0;
        for (Iterator<Summary> each = drained.iterator(); each.hasNext(); ) {
            left += each.next().count();
        }
        return left;
    }
}
