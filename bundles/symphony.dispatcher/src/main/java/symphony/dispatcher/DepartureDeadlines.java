package symphony.dispatcher;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * One deadline per bundle that stops, however many of its handlers leave one after the other: the first who leaves sets it, those who
 * follow until a second after it share it, unless the bundle has begun anew with another handler. Guarded by the registry's
 * lock.
 */
final class DepartureDeadlines {
    private static final long SHARED_NANOS = Duration.ofSeconds(1).toNanos();

    private final Map<Long, Long> ends = new HashMap<>();

    /** What is left of an owner's deadline. */
    Duration left(long owner, Duration full, long now) {
        ends.values().removeIf(end -> now - end > SHARED_NANOS);
        long end = ends.computeIfAbsent(owner, o -> now + full.toNanos());
        return Duration.ofNanos(Math.max(0, end - now));
    }

    /** A handler of an owner came: it does not stop, or does so no more. */
    void arrived(long owner) {
        ends.remove(owner);
    }
}
