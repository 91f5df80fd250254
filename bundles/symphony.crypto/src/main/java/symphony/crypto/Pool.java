package symphony.crypto;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;

/**
 * A few things that one thread at a time may use. Begins empty; whoever finds none free makes one, and gives it back to
 * where its own search began, so that a thread mostly meets the same thing again. What finds no place is dropped. Never
 * blocks. Thread-safe.
 *
 * @param <T> the things
 */
final class Pool<T> {
    /** Places lie a cache line apart: 16 references of 4 bytes. */
    private static final int STRIDE = 16;

    private final AtomicReferenceArray<T> places;
    private final int size;
    private final Supplier<T> maker;

    Pool(int size, Supplier<T> maker) {
        this.size = size;
        this.places = new AtomicReferenceArray<>(size * STRIDE);
        this.maker = maker;
    }

    T take() {
        int start = start();
        for (int i = 0; i < size; i++) {
            int at = place(start, i);
            if (places.getPlain(at) != null) {
                T found = places.getAndSet(at, null);
                if (found != null) {
                    return found;
                }
            }
        }
        return maker.get();
    }

    void give(T thing) {
        int start = start();
        for (int i = 0; i < size; i++) {
            if (places.compareAndSet(place(start, i), null, thing)) {
                return;
            }
        }
    }

    /** Consecutive thread ids begin far from each other (Fibonacci hashing). */
    private int start() {
        long hash = Thread.currentThread().getId() * 0x9E37_79B9_7F4A_7C15L;
        return (int) ((hash >>> 32) % size);
    }

    private int place(int start, int i) {
        return (start + i) % size * STRIDE;
    }
}
