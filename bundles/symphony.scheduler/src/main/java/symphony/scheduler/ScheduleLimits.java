package symphony.scheduler;

import java.time.Duration;
import java.util.Objects;

/**
 * How much an {@link EventSchedulerEngine} holds, and how long it keeps trying.
 *
 * @param schedules most schedules that wait, are due or are retried, at least 1
 * @param retryTime how long a due event is offered again to subscriptions that refuse it, not negative
 */
public record ScheduleLimits(int schedules, Duration retryTime) {
    /** A million schedules, five minutes. */
    public static final ScheduleLimits DEFAULT = new ScheduleLimits(1_000_000, Duration.ofMinutes(5));

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if one is out of range
     */
    public ScheduleLimits {
        Objects.requireNonNull(retryTime, "retryTime");
        if (schedules < 1 || retryTime.isNegative()) {
            throw new IllegalArgumentException("schedules is " + schedules + ", must be at least 1; retryTime is "
                    + retryTime + ", must not be negative");
        }
    }
}
