package symphony.queue;

import java.util.Map;
import java.util.NavigableSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;

/**
 * Where the dead letters of all subscriptions came from, of each order key; also of queues that were forgotten since, since
 * the order of a key is its subscription's. Thread-safe; may be called under any lock.
 */
final class DeadKeys {
    private record Key(String subscription, long orderKey) {}

    private final Map<Key, NavigableSet<Origin>> origins = new ConcurrentHashMap<>();

    void add(String subscription, long orderKey, Origin origin) {
        origins.compute(new Key(subscription, orderKey), (key, known) -> {
            NavigableSet<Origin> all = known == null ? new ConcurrentSkipListSet<>(Origin.BY_PLACE) : known;
            all.add(origin);
            return all;
        });
    }

    /** One that was added is re-driven, dropped or discarded. */
    void remove(String subscription, long orderKey, Origin origin) {
        origins.computeIfPresent(new Key(subscription, orderKey), (key, all) -> {
            all.remove(origin);
            return all.isEmpty() ? null : all;
        });
    }

    boolean has(String subscription, long orderKey) {
        return !origins.isEmpty() && origins.containsKey(new Key(subscription, orderKey));
    }

    /** The first one of a key, if it comes before another; else null. */
    Origin firstBefore(String subscription, long orderKey, Origin other) {
        NavigableSet<Origin> all = origins.get(new Key(subscription, orderKey));
        return all == null ? null : all.headSet(other).stream().findFirst().orElse(null);
    }
}
