package symphony.queue.contract;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/** A wall clock and a nano clock that only move by hand, together. Thread-safe. */
public final class HandClock implements InstantSource {
    private static final long MILLION = 1_000_000;

    private final AtomicLong nanos;
    private final AtomicLong wallNanos;

    /** Starts in 2026, and with a nano clock that is about to overflow, as the real one may. */
    public HandClock() {
        nanos = new AtomicLong(Long.MAX_VALUE - Duration.ofSeconds(7).toNanos());
        wallNanos = new AtomicLong(Instant.parse("2026-01-01T00:00:00Z").toEpochMilli() * MILLION);
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(wallNanos.get() / MILLION).plusNanos(wallNanos.get() % MILLION);
    }

    /**
     * The nano clock.
     *
     * @return nanoseconds of arbitrary origin
     */
    public long nanoTime() {
        return nanos.get();
    }

    /**
     * Moves both clocks.
     *
     * @param time how far
     */
    public void advance(Duration time) {
        nanos.addAndGet(time.toNanos());
        wallNanos.addAndGet(time.toNanos());
    }

    /**
     * Moves the wall clock alone, as somebody does who sets it.
     *
     * @param time how far, negative for back
     */
    public void jump(Duration time) {
        wallNanos.addAndGet(time.toNanos());
    }
}
