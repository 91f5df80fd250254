package symphony.codec;

import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.Function;

/**
 * Something worked out once per class, kept in the class and so gone with it. Thread-safe.
 *
 * @param <T> what is kept
 */
final class PerClass<T> extends ClassValue<T> {
    /*
     * The other way round it would leak: what lies in a user's class is of a type of this bundle and keeps this bundle's class
     * loader, for as long as the user's class lives, however often the codec is updated. Hence the list of classes to clear;
     * its keys are weak and its values refer to nothing.
     */
    private final Function<Class<?>, T> work;
    private final Map<Class<?>, Boolean> used = Collections.synchronizedMap(new WeakHashMap<>());

    PerClass(Function<Class<?>, T> work) {
        this.work = work;
    }

    @Override
    protected T computeValue(Class<?> type) {
        T value = work.apply(type);
        used.put(type, Boolean.TRUE);
        return value;
    }

    /** Takes back what lies in classes. What is asked for later is worked out anew. */
    void clear() {
        synchronized (used) {
            used.keySet().forEach(this::remove);
            used.clear();
        }
    }
}
