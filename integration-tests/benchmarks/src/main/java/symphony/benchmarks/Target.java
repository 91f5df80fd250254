package symphony.benchmarks;

import static symphony.benchmarks.Contestant.EVENTADMIN;
import static symphony.benchmarks.Contestant.RIG_RAW;
import static symphony.benchmarks.Contestant.RIG_SEALED;
import static symphony.benchmarks.Contestant.SYMPHONY;
import static symphony.benchmarks.Contestant.SYMPHONY_UNSEALED;
import static symphony.benchmarks.Contestant.TYPEDEVENT;
import static symphony.benchmarks.Contestant.VERTX;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What is to be reached: a ratio of one figure of ours to that of somebody else, from the same run.
 *
 * @param ours numerator
 * @param other denominator
 * @param figure its name in the results
 * @param scenarios where the bounds hold; elsewhere the ratio is only told
 * @param bound what must be reached; 0 for no bound
 * @param aim what would be good; 0 for none
 * @param isLimit whether less is better, so that the bounds are upper ones
 */
record Target(
        Contestant ours,
        Contestant other,
        String figure,
        Set<String> scenarios,
        double bound,
        double aim,
        boolean isLimit) {
    private static final String RATE = "events_per_second";
    private static final Set<String> MANY = Set.of("10x1x1", "10x100x1");
    private static final Set<String> ONE = Set.of("1x1x1");

    static final List<Target> THROUGHPUT = List.of(
            new Target(SYMPHONY, RIG_SEALED, RATE, Set.of("10x1x1", "10x100x1", "1x1x10"), 0.6, 0, false),
            new Target(SYMPHONY, RIG_RAW, RATE, MANY, 0, 0.35, false),
            new Target(SYMPHONY, EVENTADMIN, RATE, MANY, 5, 0, false),
            new Target(SYMPHONY, VERTX, RATE, MANY, 0, 0.5, false),
            new Target(SYMPHONY_UNSEALED, VERTX, RATE, MANY, 0.5, 1, false),
            new Target(SYMPHONY_UNSEALED, TYPEDEVENT, RATE, MANY, 1, 0, false));

    static final List<Target> LATENCY = List.of(
            new Target(SYMPHONY, VERTX, "p50_micros", ONE, 2, 1.5, true),
            new Target(SYMPHONY, VERTX, "p99_micros", ONE, 1.2, 1, true));

    /** What became of it, for a table. */
    String verdict(String scenario, double ratio) {
        if (!scenarios.contains(scenario)) {
            return "";
        }
        if (aim > 0 && reaches(ratio, aim)) {
            return "aim reached";
        }
        if (bound == 0) {
            return "aim not reached";
        }
        return reaches(ratio, bound) ? "reached" : "missed";
    }

    private boolean reaches(double ratio, double wanted) {
        return isLimit ? ratio <= wanted : ratio >= wanted;
    }

    /** A bound for a table. */
    String text(String scenario, double wanted) {
        return wanted == 0 || !scenarios.contains(scenario)
                ? ""
                : (isLimit ? "≤ " : "≥ ") + String.format(Locale.ROOT, "%.2f", wanted);
    }

    String name() {
        return (isLimit ? figure.replace("_micros", "") + " " : "") + ours + " / " + other;
    }
}
