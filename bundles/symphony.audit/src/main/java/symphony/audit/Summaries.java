package symphony.audit;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import symphony.api.audit.AuditRecord.Kind;
import symphony.api.audit.Outcome;

/**
 * Counts steps of the flow of events by their kinds until they are drained. Threads count in tables of their own, mostly, each with its
 * lock. However long nobody drains there are no more kinds than a bound: what is beyond it is counted as of anybody on anything.
 * Thread-safe.
 */
final class Summaries {
    /** Stands for whatever has no room. */
    static final String ANY = "*";

    /** Kinds that may come on top of the bound, since they stand for all others. */
    private static final int SPARE = 64;

    private static final int LEAST_STRIPES = 4;

    private final InstantSource clock;
    private final Stripe[] stripes;
    private final AtomicInteger kinds = new AtomicInteger();
    private final AtomicBoolean isFilled = new AtomicBoolean();
    private volatile int most;
    private volatile long sinceMillis;

    Summaries(InstantSource clock, int most) {
        this.clock = clock;
        this.most = most;
        int count = Integer.highestOneBit(
                Math.max(LEAST_STRIPES, 4 * Runtime.getRuntime().availableProcessors() - 1));
        stripes = new Stripe[count];
        for (int i = 0; i < count; i++) {
            stripes[i] = new Stripe();
        }
    }

    /** How many kinds are told apart. */
    void apply(int bound) {
        most = bound;
    }

    /** Counts a step; true if it is the first since the last time that all were drained. */
    boolean add(String action, String principal, String topic, String subscription, Outcome outcome, UUID id) {
        int hash = Summary.hash(action, principal, topic, subscription, outcome);
        int number = (int) (Thread.currentThread().getId() * 0x9E3779B97F4A7C15L >>> 40);
        Stripe stripe = stripes[number & stripes.length - 1];
        stripe.add(hash, action, principal, topic, subscription, outcome, id);
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
        return !isFilled.get();
    }

    /** All that was counted, as drafts, which put it back if they are refused. */
    List<Draft> drain(long nowMillis) {
        if (isEmpty()) {
            return List.of();
        }
        long from = Math.min(sinceMillis, nowMillis);
        isFilled.set(false); // before the tables are emptied: who counts meanwhile fills it again
        var merged = new LinkedHashMap<Summary, Summary>();
        for (Stripe stripe : stripes) {
            for (Summary each : stripe.takeAll()) {
                merged.computeIfAbsent(each, Summaries::empty).add(each);
            }
        }
        var drafts = new ArrayList<Draft>(merged.size());
        for (Summary each : merged.values()) {
            byte[] content = each.content(from, nowMillis).encode();
            drafts.add(Draft.sum(Kind.SUMMARY, nowMillis, content, () -> putBack(each, from)));
        }
        return drafts;
    }

    private static Summary empty(Summary kind) {
        return new Summary(kind.action, kind.principal, kind.topic, kind.subscription, kind.outcome);
    }

    private void putBack(Summary refused, long from) {
        stripes[0].add(refused);
        if (!fill()) {
            sinceMillis = Math.min(sinceMillis, from);
        } else {
            sinceMillis = from;
        }
    }

    /** A table of some threads: open addressing, linear probing. */
    private final class Stripe {
        private static final int LEAST_PLACES = 32;

        private Summary[] places = new Summary[LEAST_PLACES];
        private int size;

        synchronized void add(
                int hash,
                String action,
                String principal,
                String topic,
                String subscription,
                Outcome outcome,
                UUID id) {
            int mask = places.length - 1;
            for (int place = hash & mask; places[place] != null; place = place + 1 & mask) {
                if (places[place].isOf(hash, action, principal, topic, subscription, outcome)) {
                    places[place].add(id);
                    return;
                }
            }
            ofKind(bounded(action), bounded(principal), bounded(topic), bounded(subscription), outcome)
                    .add(id);
        }

        synchronized void add(Summary summary) {
            ofKind(summary.action, summary.principal, summary.topic, summary.subscription, summary.outcome)
                    .add(summary);
        }

        private static String bounded(String text) {
            return Bounded.text(text);
        }

        private Summary ofKind(String action, String principal, String topic, String subscription, Outcome outcome) {
            Summary wanted = find(new Summary(action, principal, topic, subscription, outcome), most);
            if (wanted == null) {
                wanted = find(new Summary(action, ANY, ANY, ANY, outcome), most + SPARE);
            }
            return wanted == null ? find(new Summary(ANY, ANY, ANY, ANY, outcome), Integer.MAX_VALUE) : wanted;
        }

        /** The one that is there, or this one if there is room for it; else null. */
        private Summary find(Summary wanted, int bound) {
            int mask = places.length - 1;
            int place = wanted.hashCode() & mask;
            while (places[place] != null) {
                if (places[place].equals(wanted)) {
                    return places[place];
                }
                place = place + 1 & mask;
            }
            if (kinds.get() >= bound) {
                return null;
            }
            kinds.incrementAndGet();
            places[place] = wanted;
            if (++size > places.length / 2) {
                grow();
            }
            return wanted;
        }

        private void grow() {
            Summary[] before = places;
            places = new Summary[2 * before.length];
            int mask = places.length - 1;
            for (Summary each : before) {
                if (each != null) {
                    int place = each.hashCode() & mask;
                    while (places[place] != null) {
                        place = place + 1 & mask;
                    }
                    places[place] = each;
                }
            }
        }

        synchronized Collection<Summary> takeAll() {
            var taken = new ArrayList<Summary>(size);
            for (Summary each : places) {
                if (each != null) {
                    taken.add(each);
                }
            }
            kinds.addAndGet(-size);
            size = 0;
            places = new Summary[LEAST_PLACES];
            return taken;
        }
    }
}
