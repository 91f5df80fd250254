package symphony.scheduler;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** A wall clock that jumps when it is told to. Thread-safe. */
final class HandWall implements InstantSource {
    private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private volatile BooleanSupplier fails = () -> false;
    private volatile Supplier<Error> error = HandWall::outOfMemory;

    /** There is no memory for an instant each time that this is so. */
    void failIf(BooleanSupplier condition) {
        failIf(condition, HandWall::outOfMemory);
    }

    void failIf(BooleanSupplier condition, Supplier<Error> how) {
        error = how;
        fails = condition;
    }

    private static Error outOfMemory() {
        return new OutOfMemoryError("expected by the test");
    }

    @Override
    public Instant instant() {
        if (fails.getAsBoolean()) {
            throw error.get();
        }
        return now;
    }

    void jump(Duration time) {
        now = now.plus(time);
    }
}
