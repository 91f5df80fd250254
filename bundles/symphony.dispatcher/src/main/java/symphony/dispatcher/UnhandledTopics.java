package symphony.dispatcher;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import symphony.api.dispatcher.UnhandledTopic;
import symphony.api.event.TopicFilter;

/** The topics that nobody wanted lately, with counts: bounded, those not seen for longest go first. Thread-safe. */
final class UnhandledTopics {
    /*
     * A topic that is known costs a look into a map and an adder. Only a new one takes the lock; and since publishers may make
     * up topics without end, a tenth of them is let go of at once when it is full, so that this does not cost a search each.
     */
    static final int MOST = 1_000;

    private static final int LEAVE = MOST / 10;

    /** What is known of a topic. */
    private static final class Seen {
        final LongAdder count = new LongAdder();
        volatile long lastMillis;
        volatile String publisher = "";

        void see(String by, long nowMillis) {
            count.increment();
            if (lastMillis != nowMillis) {
                lastMillis = nowMillis;
            }
            if (!publisher.equals(by)) {
                publisher = by;
            }
        }
    }

    private final Map<String, Seen> topics = new ConcurrentHashMap<>();
    private final ReentrantLock lock = new ReentrantLock(); // held while topics are added or let go of

    void see(String topic, String publisher, long nowMillis) {
        Seen seen = topics.get(topic);
        if (seen == null) {
            seen = add(topic, nowMillis);
        }
        seen.see(publisher, nowMillis);
    }

    private Seen add(String topic, long nowMillis) {
        lock.lock();
        try {
            if (topics.size() >= MOST) {
                letGo();
            }
            Seen seen = topics.computeIfAbsent(topic, t -> new Seen());
            seen.lastMillis = nowMillis;
            return seen;
        } finally {
            lock.unlock();
        }
    }

    private void letGo() {
        record Old(String topic, long lastMillis) {}
        var all = new ArrayList<Old>();
        topics.forEach((topic, seen) -> all.add(new Old(topic, seen.lastMillis)));
        all.sort(Comparator.comparingLong(Old::lastMillis));
        all.subList(0, Math.min(LEAVE, all.size())).forEach(old -> topics.remove(old.topic));
    }

    /** Those that a filter means, the last one first. */
    List<UnhandledTopic> list(TopicFilter filter, int most) {
        var list = new ArrayList<UnhandledTopic>();
        topics.forEach((topic, seen) -> {
            if (filter.matches(topic)) {
                list.add(new UnhandledTopic(
                        topic, seen.count.sum(), Instant.ofEpochMilli(seen.lastMillis), seen.publisher));
            }
        });
        list.sort(Comparator.comparing(UnhandledTopic::last).reversed().thenComparing(UnhandledTopic::topic));
        return List.copyOf(list.subList(0, Math.min(Math.max(0, most), list.size())));
    }
}
