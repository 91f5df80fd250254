package symphony.codec;

import java.util.LinkedHashSet;
import java.util.Set;
import symphony.api.event.Event;

/**
 * Reads data that is a single value: the entry {@value Event#VALUE}.
 *
 * @param type what is expected
 * @param reader reads that type
 */
record SingleValue(Class<?> type, TypeReader reader) {
    private static final int MOST_KEYS = 10;

    Object read(CborReader in) {
        Object value = null;
        Set<String> keys = new LinkedHashSet<>();
        int size = in.openMap();
        for (int i = 0; i < size; i++) {
            String key = in.key();
            if (!keys.add(key)) {
                throw in.twice(key);
            }
            try {
                if (key.equals(Event.VALUE)) {
                    value = reader.read(in);
                } else {
                    in.any();
                }
            } catch (Mismatch e) {
                throw e.in(key);
            }
        }
        in.close();
        if (!keys.contains(Event.VALUE)) {
            throw new Mismatch("is no single " + type.getSimpleName() + " under the key " + Event.VALUE + ", it has "
                    + shown(keys) + "; ask for a record or a Map");
        }
        return value;
    }

    private static String shown(Set<String> keys) {
        return keys.isEmpty()
                ? "no entries"
                : "the keys "
                        + String.join(
                                ", ",
                                keys.stream()
                                        .limit(MOST_KEYS)
                                        .map(Mismatch::shown)
                                        .toList())
                        + (keys.size() > MOST_KEYS ? ", …" : "");
    }
}
