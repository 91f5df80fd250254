package symphony.scheduler;

import java.time.Duration;
import java.util.Objects;
import symphony.component.Settings;

/**
 * How much an {@link EventSchedulerEngine} holds, and how long it keeps trying.
 *
 * @param schedules most schedules that wait, are due or are retried, at least 1
 * @param retryTime how long a due event is offered again to subscriptions that refuse it, 0 to a day
 */
public record ScheduleLimits(int schedules, Duration retryTime) {
    /** Longest time of retries. */
    public static final Duration MAX_RETRY_TIME = Duration.ofDays(1);

    /** A million schedules, five minutes. */
    public static final ScheduleLimits DEFAULT = new ScheduleLimits(1_000_000, Duration.ofMinutes(5));

    private static final String MOST = "schedules.max";
    private static final String RETRY_TIME = "retry.time";
    private static final int MOST_CONFIGURABLE = 10_000_000;

    /** The keys of the configuration. */
    static final Settings KEYS = Settings.of(DelayedEvents.PID)
            .number(MOST, DEFAULT.schedules(), 1, MOST_CONFIGURABLE)
            .time(RETRY_TIME, DEFAULT.retryTime(), Duration.ZERO, MAX_RETRY_TIME)
            .build();

    static ScheduleLimits of(Settings.Values values) {
        return new ScheduleLimits(values.integer(MOST), values.time(RETRY_TIME));
    }

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if one is out of range
     */
    public ScheduleLimits {
        Objects.requireNonNull(retryTime, "retryTime");
        if (schedules < 1) {
            throw new IllegalArgumentException(MOST + " is " + schedules + ", must be at least 1");
        }
        if (retryTime.isNegative() || retryTime.compareTo(MAX_RETRY_TIME) > 0) {
            throw new IllegalArgumentException(RETRY_TIME + " is " + retryTime + ", must be 0 to 1 day");
        }
    }
}
