package symphony.dispatcher;

import java.time.Duration;
import symphony.component.Settings;

/**
 * What can be configured.
 *
 * @param workers threads that call handlers
 * @param mostWorkers most threads, with those that stand in for others
 * @param spareIdle how long a thread too many stays without work
 * @param watchInterval time between two looks at the calls that run
 * @param fairNanos longest wait of a subscription that is ready
 * @param batch most events that a worker takes from one subscription in a row
 * @param mostSubscriptions most subscriptions
 * @param timeLimit longest call
 * @param attempts attempts before an event is given up
 * @param backoff wait before the second attempt
 * @param mostBackoff longest wait between attempts
 * @param capacity most events that wait in a subscription
 * @param grace how long a subscription is kept after its handler left
 * @param duplicatesWindow how long a subscription knows the ids of events that it has taken
 * @param departureDeadline how long calls may run on after their handler's bundle stopped
 * @param breaker when a subscription comes into quarantine
 * @param stopDeadline how long handlers may go on when the container stops
 */
record DispatcherSettings(
        int workers,
        int mostWorkers,
        Duration spareIdle,
        Duration watchInterval,
        long fairNanos,
        int batch,
        int mostSubscriptions,
        Duration timeLimit,
        int attempts,
        Duration backoff,
        Duration mostBackoff,
        int capacity,
        Duration grace,
        Duration duplicatesWindow,
        Duration departureDeadline,
        BreakerSettings breaker,
        Duration stopDeadline) {

    static DispatcherSettings of(Settings.Values values) {
        var pool = PoolSettings.of(values.integer("workers"), values.integer("workers.max"), false);
        return new DispatcherSettings(
                pool.workers(),
                pool.mostWorkers(),
                values.time("spare.idle"),
                values.time("watch.interval"),
                values.time("fair").toNanos(),
                values.integer("batch"),
                values.integer("subscriptions.max"),
                values.time("time.limit"),
                values.integer("attempts"),
                values.time("backoff"),
                values.time("backoff.max"),
                values.integer("capacity"),
                values.time("grace"),
                values.time("duplicates.window"),
                values.time("departure.deadline"),
                BreakerSettings.of(values),
                values.time("stop.deadline"));
    }

    /** The keys of the PID. */
    static Settings keys(String pid) {
        Duration ms = Duration.ofMillis(1);
        var keys = Settings.of(pid)
                .number("workers", 0, 0, 1024)
                .number("workers.max", 64, 1, 4096)
                .time("spare.idle", Duration.ofSeconds(30), ms, Duration.ofHours(1))
                .time("watch.interval", Duration.ofMillis(20), ms, Duration.ofSeconds(10))
                .time("fair", Duration.ofMillis(200), ms, Duration.ofMinutes(1))
                .number("batch", 64, 1, 10_000)
                .number("subscriptions.max", 200_000, 1, 10_000_000)
                .time("time.limit", Duration.ofSeconds(30), ms, Duration.ofDays(365))
                .number("attempts", 5, 1, 1000)
                .time("backoff", Duration.ofMillis(100), Duration.ZERO, Duration.ofDays(1))
                .time("backoff.max", Duration.ofSeconds(30), ms, Duration.ofDays(1))
                .number("capacity", 10_000, 1, 10_000_000)
                .time("grace", Duration.ofSeconds(10), Duration.ZERO, Duration.ofDays(365))
                .time("duplicates.window", Duration.ZERO, Duration.ZERO, Duration.ofDays(365))
                .time("departure.deadline", Duration.ofSeconds(5), Duration.ZERO, Duration.ofMinutes(10))
                .time("stop.deadline", Duration.ofSeconds(3), Duration.ZERO, Duration.ofMinutes(10));
        return BreakerSettings.keys(keys).build();
    }
}
