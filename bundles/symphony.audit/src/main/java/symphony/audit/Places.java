package symphony.audit;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import symphony.segmentlog.Position;

/**
 * Where records were read while nobody has an index of the trail, so that who asks for the next page need not read all of it again.
 * Thread-safe.
 */
final class Places {
    private static final int MOST = 64;

    private final ConcurrentSkipListMap<Long, Position> places = new ConcurrentSkipListMap<>();

    /** A place at which a record lies that comes not after this one; the trail's beginning if none is known. */
    Position before(long sequence) {
        Map.Entry<Long, Position> place = places.floorEntry(sequence);
        return place == null ? Position.BEGIN : place.getValue();
    }

    void add(long sequence, Position position) {
        places.put(sequence, position);
        while (places.size() > MOST) {
            places.pollFirstEntry();
        }
    }
}
