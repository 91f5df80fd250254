package symphony.dispatcher;

import java.time.Duration;
import symphony.component.Settings;

/**
 * When a subscription comes into quarantine, and for how long.
 *
 * @param overruns calls over their time limit in a row that lead to it, 0 for never
 * @param failures events that fail in a row that lead to it, 0 for never
 * @param rate share of bad calls among the last ones that leads to it, 0 for never
 * @param window how many those last ones are
 * @param firstWait before the first probe
 * @param mostWait longest wait before a probe
 */
record BreakerSettings(int overruns, int failures, double rate, int window, Duration firstWait, Duration mostWait) {
    static BreakerSettings of(Settings.Values values) {
        return new BreakerSettings(
                values.integer("quarantine.overruns"),
                values.integer("quarantine.failures"),
                values.real("quarantine.rate"),
                values.integer("quarantine.window"),
                values.time("quarantine.wait"),
                values.time("quarantine.wait.max"));
    }

    /** Adds the keys to those of the dispatcher. */
    static Settings.Builder keys(Settings.Builder keys) {
        Duration ms = Duration.ofMillis(1);
        return keys.number("quarantine.overruns", 5, 0, 100_000)
                .number("quarantine.failures", 20, 0, 100_000)
                .real("quarantine.rate", 0, 0, 1)
                .number("quarantine.window", 100, 10, 10_000)
                .time("quarantine.wait", Duration.ofSeconds(10), ms, Duration.ofDays(1))
                .time("quarantine.wait.max", Duration.ofMinutes(5), ms, Duration.ofDays(1));
    }

    /** The wait after so many probes that failed. */
    Duration waitAfter(int probes) {
        Duration doubled = firstWait;
        for (int i = 0; i < probes && doubled.compareTo(mostWait) < 0; i++) {
            doubled = doubled.multipliedBy(2);
        }
        return doubled.compareTo(mostWait) > 0 && mostWait.compareTo(firstWait) > 0 ? mostWait : doubled;
    }
}
