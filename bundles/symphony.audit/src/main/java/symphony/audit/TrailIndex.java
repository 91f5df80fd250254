package symphony.audit;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import symphony.segmentlog.Position;

/**
 * Where records lie: the first one of each segment, and some of the newest. Written by one thread, read by any.
 */
final class TrailIndex {
    private static final int STEP = 256;
    private static final int FINE_PLACES = 1024;

    private final ConcurrentSkipListMap<Long, Position> places = new ConcurrentSkipListMap<>();
    private final ConcurrentSkipListMap<Long, First> segments = new ConcurrentSkipListMap<>();

    /** Sequences of places that are not the first of a segment, oldest first. */
    private final Deque<Long> fine = new ArrayDeque<>();

    private long newest;

    /** The first record of a segment. */
    record First(long segment, long sequence, long timeMillis) {}

    void begin(long sequence, long timeMillis, Position position) {
        places.put(sequence, position);
        segments.put(position.segment(), new First(position.segment(), sequence, timeMillis));
        newest = sequence;
    }

    /** One that is not the first; it may be left out. */
    void add(long sequence, Position position) {
        if (sequence < newest + STEP) {
            return;
        }
        newest = sequence;
        places.put(sequence, position);
        fine.add(sequence);
        if (fine.size() > FINE_PLACES) {
            places.remove(fine.remove());
        }
    }

    /** A place at which a record lies that comes not after this one, and close before it; the trail's beginning if there is none. */
    Position before(long sequence) {
        Map.Entry<Long, Position> place = places.floorEntry(sequence);
        return place == null ? Position.BEGIN : place.getValue();
    }

    /** Of each segment, the oldest first. */
    List<First> segments() {
        return new ArrayList<>(segments.values());
    }

    /** Sequence of the first record, 0 if there is none. */
    long firstSequence() {
        Map.Entry<Long, First> oldest = segments.firstEntry();
        return oldest == null ? 0 : oldest.getValue().sequence();
    }

    void removeBefore(long segment) {
        segments.headMap(segment).clear();
        places.values().removeIf(position -> position.segment() < segment);
        fine.removeIf(sequence -> !places.containsKey(sequence));
    }
}
