package symphony.scheduler;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A wall clock that jumps when it is told to. Thread-safe. */
final class HandWall implements InstantSource {
    private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");

    @Override
    public Instant instant() {
        return now;
    }

    void jump(Duration time) {
        now = now.plus(time);
    }
}
