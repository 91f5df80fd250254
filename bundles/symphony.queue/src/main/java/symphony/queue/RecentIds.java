package symphony.queue;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import symphony.api.crypto.Envelope;

/** Which events a queue took lately, to know one that comes a second time. Guarded by the queue's lock. */
final class RecentIds {
    /*
     * The map is in the order of acceptance, which is the order of time by the nano clock: what is too old stands at its
     * head, so forgetting costs nothing beside what is forgotten. About 140 bytes each.
     *
     * The publisher is part of the key, as the sealed header names it: else a publisher that guesses another's ids could
     * have that one's events taken for repetitions of its own.
     */

    /** An event as its publisher names it. */
    record Key(UUID id, String publisher) implements Comparable<Key> {
        static Key of(Envelope envelope) {
            return new Key(envelope.eventId(), envelope.publisher());
        }

        /** Ids are the publishers' choice: where many have one hash, the map needs an order. */
        @Override
        public int compareTo(Key other) {
            int order = id.compareTo(other.id);
            return order != 0 ? order : publisher.compareTo(other.publisher);
        }
    }

    private record Taken(long sequence, long nanos) {}

    private final Map<Key, Taken> taken = new LinkedHashMap<>();
    private String lastPublisher = "";
    private long forgotten;
    private boolean full;

    /** The sequence of an event that was taken within the window; -1 if there is none. */
    long find(Key key, long now, long windowNanos) {
        Taken first = taken.get(key);
        return first == null || isOver(first, now, windowNanos) ? -1 : first.sequence;
    }

    private static boolean isOver(Taken one, long now, long windowNanos) {
        return now - one.nanos >= windowNanos;
    }

    /** Remembers an event that {@link #find} did not find; whether others begin to be forgotten too early for it. */
    boolean add(Key key, long sequence, long now, long windowNanos, int most) {
        forget(now, windowNanos);
        taken.put(shared(key), new Taken(sequence, now));
        boolean begins = taken.size() > most && !full;
        trim(most);
        full = full && taken.size() > most / 2 || begins;
        return begins;
    }

    /** Lets go of one. Needs no memory. */
    void remove(Key key) {
        taken.remove(key);
    }

    /** Most events of a queue are of one publisher, whose name is made anew for each. */
    private Key shared(Key key) {
        if (lastPublisher.equals(key.publisher)) {
            return new Key(key.id, lastPublisher);
        }
        lastPublisher = key.publisher;
        return key;
    }

    private void trim(int most) {
        Iterator<Taken> oldest = taken.values().iterator();
        for (int over = taken.size() - most; over > 0; over--) {
            oldest.next();
            oldest.remove();
            forgotten++;
        }
    }

    /** Lets go of those whose window is over. */
    void forget(long now, long windowNanos) {
        Iterator<Taken> oldest = taken.values().iterator();
        while (oldest.hasNext() && isOver(oldest.next(), now, windowNanos)) {
            oldest.remove();
        }
    }

    /** Lets go of all. */
    void clear() {
        taken.clear();
    }

    int count() {
        return taken.size();
    }

    /** How many were forgotten before their window was over. */
    long forgotten() {
        return forgotten;
    }
}
