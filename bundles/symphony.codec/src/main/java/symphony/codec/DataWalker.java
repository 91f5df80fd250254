package symphony.codec;

import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.ConcurrentModificationException;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.UUID;
import symphony.api.event.Event;

/**
 * Walks a publisher's data and hands it on in the types that events carry: whole numbers as {@code long}, a {@code float} as
 * the {@code double} of exactly its value, an enum constant as its name, a record as a map of its components in their order,
 * any collection or array but {@code byte[]} as a list. One walk, one thread.
 */
final class DataWalker {
    /** What may be published, for messages. */
    static final String ALLOWED = "String, Boolean, Byte, Short, Integer, Long, Float, Double, BigInteger, BigDecimal, "
            + "byte[], Instant, Duration, UUID, enums, records, and maps with string keys, collections and arrays of these";

    private final DataSink out;
    private final PerClass<RecordParts> records;
    private final int maxDepth;

    /** The containers around the current value, outermost first. */
    private Object[] open = new Object[8];

    private int depth;

    DataWalker(DataSink out, PerClass<RecordParts> records, int maxDepth) {
        this.out = out;
        this.records = records;
        this.maxDepth = maxDepth;
    }

    /** Walks the whole data of an event: a map, a record, or a single value, which becomes a map with one key. */
    void data(Object data) {
        if (data instanceof Record || data instanceof Map<?, ?>) {
            value(data);
        } else {
            enter(this);
            out.openMap(1);
            entry(Event.VALUE, data);
            leave();
        }
    }

    private void value(Object value) {
        try {
            walk(value);
        } catch (Mismatch e) {
            throw e;
        } catch (RuntimeException e) { // of a collection or a number that somebody wrote
            throw new Mismatch(
                    "the " + value.getClass().getTypeName() + " fails while it is read, with "
                            + e.getClass().getName(),
                    e);
        }
    }

    private void walk(Object value) {
        if (value == null) {
            out.nothing();
        } else if (value instanceof String text) {
            out.text(text);
        } else if (value instanceof Number number) {
            number(number);
        } else if (value instanceof Boolean flag) {
            out.flag(flag);
        } else if (value instanceof Record parts) {
            record(parts);
        } else if (value instanceof Map<?, ?> map) {
            map(map);
        } else if (value instanceof Collection<?> collection) {
            list(collection, elements(collection));
        } else if (value.getClass().isArray()) {
            array(value);
        } else {
            special(value);
        }
    }

    private void number(Number value) {
        if (value instanceof Long || value instanceof Integer || value instanceof Short || value instanceof Byte) {
            out.whole(value.longValue());
        } else if (value instanceof Double || value instanceof Float) {
            out.real(value.doubleValue());
        } else if (value instanceof BigDecimal decimal) {
            out.real(plain(decimal));
        } else if (value instanceof BigInteger whole) {
            out.whole(plain(whole));
        } else {
            throw foreign(value);
        }
    }

    private void special(Object value) {
        if (value instanceof Instant instant) {
            out.instant(instant);
        } else if (value instanceof Duration duration) {
            out.duration(duration);
        } else if (value instanceof UUID uuid) {
            out.uuid(uuid);
        } else if (value instanceof Enum<?> constant) {
            out.text(constant.name());
        } else {
            throw foreign(value);
        }
    }

    /** The value alone: somebody's subclass would live on in what handlers see. */
    private static BigInteger plain(BigInteger value) {
        return value.getClass() == BigInteger.class ? value : new BigInteger(value.toByteArray());
    }

    private static BigDecimal plain(BigDecimal value) {
        return value.getClass() == BigDecimal.class
                ? value
                : new BigDecimal(plain(value.unscaledValue()), value.scale());
    }

    private void record(Record value) {
        RecordParts parts = records.get(value.getClass());
        enter(value);
        out.openMap(parts.size());
        for (int i = 0; i < parts.size(); i++) {
            String name = parts.name(i);
            Object part;
            try {
                part = parts.value(value, i);
            } catch (Mismatch e) {
                throw e.in(name);
            }
            entry(name, part);
        }
        leave();
    }

    private void map(Map<?, ?> map) {
        enter(map);
        int size = map.size();
        out.openMap(size);
        try {
            int read = 0;
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                if (read++ == size) {
                    throw changed(map);
                }
                entry(key(entry.getKey()), entry.getValue());
            }
            if (read != size) {
                throw changed(map);
            }
        } catch (ConcurrentModificationException e) {
            throw changed(map);
        }
        if (map instanceof IdentityHashMap<?, ?> && new HashSet<Object>(map.keySet()).size() != size) {
            throw new Mismatch("an IdentityHashMap holds equal keys twice");
        }
        leave();
    }

    private static Mismatch changed(Object container) {
        return new Mismatch("the " + container.getClass().getName()
                + " was changed while it was read; leave data alone until publish returned");
    }

    private static String key(Object key) {
        if (key instanceof String text) {
            return text;
        }
        throw new Mismatch("a key of the map is "
                + (key == null ? "null" : "of type " + key.getClass().getName()) + "; keys must be strings");
    }

    private void entry(String key, Object value) {
        try {
            out.key(key);
            value(value);
        } catch (Mismatch e) {
            throw e.in(key);
        }
    }

    /** A copy, since others may change it; not of what will not fit. */
    private Object[] elements(Collection<?> collection) {
        out.checkRoom(collection.size());
        try {
            return collection.toArray();
        } catch (ConcurrentModificationException | IndexOutOfBoundsException | NoSuchElementException e) {
            throw changed(collection);
        }
    }

    private void list(Object list, Object[] elements) {
        enter(list);
        out.openList(elements.length);
        for (int i = 0; i < elements.length; i++) {
            element(i, elements[i]);
        }
        leave();
    }

    private void array(Object array) {
        if (array instanceof byte[] bytes) {
            out.bytes(bytes);
        } else if (array instanceof Object[] objects) {
            list(objects, objects);
        } else if (array instanceof char[]) {
            throw foreign(array);
        } else {
            enter(array);
            int length = Array.getLength(array);
            out.openList(length);
            for (int i = 0; i < length; i++) {
                element(i, Array.get(array, i));
            }
            leave();
        }
    }

    private void element(int index, Object value) {
        try {
            value(value);
        } catch (Mismatch e) {
            throw e.in(index);
        }
    }

    private void enter(Object container) {
        for (int i = depth - 1; i >= 0; i--) {
            if (open[i] == container) {
                throw new Mismatch("the data is cyclic: the same "
                        + container.getClass().getSimpleName() + " lies " + (depth - i)
                        + " levels above; an event carries no references, name it by a key instead");
            }
        }
        if (depth == maxDepth) {
            throw new Mismatch("the data is nested more than " + maxDepth + " levels deep; " + CodecLimits.DEPTH_KEY
                    + " in PID " + CborCodec.PID + " sets how many are allowed");
        }
        if (depth == open.length) {
            open = Arrays.copyOf(open, 2 * depth);
        }
        open[depth++] = container;
    }

    private void leave() {
        open[--depth] = null;
        out.close();
    }

    private static Mismatch foreign(Object value) {
        return new Mismatch("events cannot carry " + value.getClass().getTypeName() + "; allowed are " + ALLOWED);
    }
}
