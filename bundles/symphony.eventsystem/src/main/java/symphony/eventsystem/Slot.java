package symphony.eventsystem;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** A service below us that comes and goes. Read once per call, so that a call never sees two of them. Thread-safe. */
final class Slot<T> {
    private final AtomicReference<T> service = new AtomicReference<>();

    void bind(T came) {
        service.set(came);
    }

    /** Empties the slot, unless a successor came before the old one left. */
    void unbind(T left) {
        service.compareAndSet(left, null);
    }

    Optional<T> get() {
        return Optional.ofNullable(service.get());
    }

    boolean isPresent() {
        return service.get() != null;
    }

    boolean holds(T one) {
        return service.get() == one;
    }
}
