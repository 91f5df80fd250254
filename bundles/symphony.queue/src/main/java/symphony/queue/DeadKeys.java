package symphony.queue;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;

/** Where the dead letters of one queue came from, of each order key. Guarded by the queue's lock. */
final class DeadKeys {
    /** Made when it is first needed: most queues have none. */
    private Map<Long, TreeSet<Origin>> origins = Map.of();

    void add(long key, Origin origin) {
        if (origins.isEmpty()) {
            origins = new HashMap<>();
        }
        origins.computeIfAbsent(key, k -> new TreeSet<>(Origin.BY_PLACE)).add(origin);
    }

    /** One that was added is re-driven, dropped or discarded. */
    void remove(long key, Origin origin) {
        TreeSet<Origin> ofKey = origins.get(key);
        if (ofKey != null && ofKey.remove(origin) && ofKey.isEmpty()) {
            origins.remove(key);
        }
    }

    boolean has(long key) {
        return origins.containsKey(key);
    }

    /** The first one of a key, if it comes before another; else null. */
    Origin firstBefore(long key, Origin other) {
        TreeSet<Origin> ofKey = origins.get(key);
        return ofKey == null || ofKey.lower(other) == null ? null : ofKey.first();
    }
}
