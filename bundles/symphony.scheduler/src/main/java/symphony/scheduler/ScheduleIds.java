package symphony.scheduler;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Ids of schedules: UUID version 7 (RFC 9562, section 5.7, method 1: a counter behind the milliseconds keeps those of one
 * millisecond in order). Thread-safe.
 */
final class ScheduleIds {
    private static final int COUNTER_BITS = 12;
    private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

    private final InstantSource wall;
    private final AtomicLong last = new AtomicLong();
    private final AtomicLong state = new AtomicLong(new SecureRandom().nextLong());

    ScheduleIds(InstantSource wall) {
        this.wall = wall;
    }

    UUID next() {
        long now = wall.millis() << COUNTER_BITS;
        long stamp = last.updateAndGet(before -> Math.max(before + 1, now));
        long high = stamp >>> COUNTER_BITS << 16 | 0x7000 | stamp & 0xfff;
        long low = Long.MIN_VALUE | mix(state.addAndGet(GOLDEN_GAMMA)) >>> 2;
        return new UUID(high, low);
    }

    /** The finaliser of SplitMix64 (Steele, Lea, Flood 2014): a bijection, so no two calls of a process agree. */
    private static long mix(long value) {
        long z = (value ^ value >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }
}
