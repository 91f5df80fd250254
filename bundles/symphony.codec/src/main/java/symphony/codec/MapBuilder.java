package symphony.codec;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Builds the map that a reader of the bytes would see, without the bytes, as far as they would be allowed. One thread only. */
final class MapBuilder implements DataSink {
    private final Deque<Level> open = new ArrayDeque<>();
    private final CborSize size;
    private Map<String, Object> root = Map.of();

    MapBuilder(int limit) {
        this.size = new CborSize(limit);
    }

    /** The outermost map, once it is closed. */
    Map<String, Object> root() {
        return root;
    }

    /** A map or list that is being filled; the other one is null. */
    private static final class Level {
        private final Map<String, Object> map;
        private final List<Object> list;
        private String key;

        Level(Map<String, Object> map, List<Object> list) {
            this.map = map;
            this.list = list;
        }

        void add(Object value) {
            if (list != null) {
                list.add(value);
            } else {
                map.put(key, value);
            }
        }
    }

    /** What is shown of it is added at once, and fills up behind the view. */
    @Override
    public void openMap(int entries) {
        size.head(entries);
        size.check(2L * entries);
        Map<String, Object> map = new LinkedHashMap<>(CborReader.tableSize(entries));
        Map<String, Object> view = Collections.unmodifiableMap(map);
        if (open.isEmpty()) {
            root = view;
        } else {
            add(view);
        }
        open.push(new Level(map, null));
    }

    @Override
    public void key(String key) {
        size.text(key);
        open.element().key = key;
    }

    @Override
    public void checkRoom(int values) {
        size.check(values);
    }

    @Override
    public void openList(int values) {
        size.head(values);
        size.check(values);
        List<Object> list = new ArrayList<>(values);
        add(Collections.unmodifiableList(list));
        open.push(new Level(null, list));
    }

    @Override
    public void close() {
        open.pop();
    }

    private void add(Object value) {
        open.element().add(value);
    }

    @Override
    public void nothing() {
        size.one();
        add(null);
    }

    @Override
    public void flag(boolean value) {
        size.one();
        add(value);
    }

    @Override
    public void whole(long value) {
        size.whole(value);
        add(value);
    }

    @Override
    public void whole(BigInteger value) {
        size.whole(value);
        add(value);
    }

    @Override
    public void real(double value) {
        size.real();
        add(value);
    }

    @Override
    public void real(BigDecimal value) {
        size.real(value);
        add(value);
    }

    @Override
    public void text(String value) {
        size.text(value);
        add(value);
    }

    @Override
    public void bytes(byte[] value) {
        size.bytes(value);
        add(value.clone());
    }

    @Override
    public void instant(Instant value) {
        size.instant(value);
        add(value);
    }

    @Override
    public void duration(Duration value) {
        size.duration(value);
        add(value);
    }

    @Override
    public void uuid(UUID value) {
        size.uuid();
        add(value);
    }
}
