package symphony.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import symphony.benchmarks.load.Scenario;

/** What all rounds gave. One thread only. */
final class Results {
    private final Map<Scenario, Map<Contestant, List<Map<String, Object>>>> rounds = new LinkedHashMap<>();
    private final List<String> failures = new ArrayList<>();

    void add(Scenario scenario, Contestant contestant, Map<String, Object> figures) {
        rounds.computeIfAbsent(scenario, s -> new LinkedHashMap<>())
                .computeIfAbsent(contestant, c -> new ArrayList<>())
                .add(figures);
    }

    void failed(String what) {
        failures.add(what);
    }

    List<String> failures() {
        return failures;
    }

    Iterable<Scenario> scenarios() {
        return rounds.keySet();
    }

    /** Those with a result. */
    Iterable<Contestant> contestants(Scenario scenario) {
        return rounds.get(scenario).keySet();
    }

    /** One figure over all rounds; empty if there is none. */
    Optional<Spread> figure(Scenario scenario, Contestant contestant, String name) {
        double[] values = rounds.getOrDefault(scenario, Map.of()).getOrDefault(contestant, List.of()).stream()
                .filter(figures -> figures.containsKey(name))
                .mapToDouble(figures -> (Double) figures.get(name))
                .toArray();
        return values.length == 0 ? Optional.empty() : Optional.of(Spread.of(values));
    }

    /** What the collectors of garbage were called. */
    List<String> collectors() {
        return rounds.values().stream()
                .flatMap(contestants -> contestants.values().stream())
                .flatMap(List::stream)
                .map(figures -> String.valueOf(figures.get("collector")))
                .distinct()
                .toList();
    }

    /** One round in a few words. */
    static String brief(Map<String, Object> figures) {
        return figures.containsKey("p50_micros")
                ? String.format(
                        Locale.ROOT,
                        "p50 %.0f µs, p99 %.0f µs, %s",
                        (Double) figures.get("p50_micros"),
                        (Double) figures.get("p99_micros"),
                        (Double) figures.get("held") > 0 ? "rate held" : "rate not held")
                : String.format(Locale.ROOT, "%,.0f events/s", (Double) figures.get("events_per_second"));
    }
}
