package symphony.queue;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;

/** The places of the dead letters that one queue has of each order key. Guarded by the queue's lock. */
final class DeadKeys {
    private record Place(long generation, long sequence) implements Comparable<Place> {
        private static final Comparator<Place> ORDER =
                Comparator.comparingLong(Place::generation).thenComparingLong(Place::sequence);

        @Override
        public int compareTo(Place other) {
            return ORDER.compare(this, other);
        }
    }

    private final Map<Long, TreeSet<Place>> places = new HashMap<>();

    void add(long key, long generation, long sequence) {
        places.computeIfAbsent(key, k -> new TreeSet<>()).add(new Place(generation, sequence));
    }

    /** One that was added is re-driven, dropped or discarded. */
    void remove(long key, Origin origin) {
        TreeSet<Place> ofKey = places.get(key);
        if (ofKey != null && ofKey.remove(new Place(origin.generation(), origin.sequence())) && ofKey.isEmpty()) {
            places.remove(key);
        }
    }

    boolean has(long key) {
        return places.containsKey(key);
    }

    /** The sequence of the first one of a key, if it comes before another place; negative if none does. */
    long firstBefore(long key, Origin origin) {
        TreeSet<Place> ofKey = places.get(key);
        Place lower = ofKey == null ? null : ofKey.lower(new Place(origin.generation(), origin.sequence()));
        return lower == null ? -1 : ofKey.first().sequence();
    }
}
