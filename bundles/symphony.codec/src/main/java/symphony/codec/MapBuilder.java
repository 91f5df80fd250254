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

/** Builds the map that a reader of the bytes would see, without the bytes. One thread only. */
final class MapBuilder implements DataSink {
    private final Deque<Level> open = new ArrayDeque<>();
    private Map<String, Object> root = Map.of();

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
    public void openMap(int size) {
        Map<String, Object> map = new LinkedHashMap<>(CborReader.tableSize(size));
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
        Utf8.length(key);
        open.element().key = key;
    }

    @Override
    public void openList(int size) {
        List<Object> list = new ArrayList<>(size);
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
        add(null);
    }

    @Override
    public void flag(boolean value) {
        add(value);
    }

    @Override
    public void whole(long value) {
        add(value);
    }

    @Override
    public void whole(BigInteger value) {
        add(value);
    }

    @Override
    public void real(double value) {
        add(value);
    }

    @Override
    public void real(BigDecimal value) {
        add(value);
    }

    @Override
    public void text(String value) {
        Utf8.length(value);
        add(value);
    }

    @Override
    public void bytes(byte[] value) {
        add(value.clone());
    }

    @Override
    public void instant(Instant value) {
        add(value);
    }

    @Override
    public void duration(Duration value) {
        add(value);
    }

    @Override
    public void uuid(UUID value) {
        add(value);
    }
}
