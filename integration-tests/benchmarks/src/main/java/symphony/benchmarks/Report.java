package symphony.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiConsumer;
import symphony.benchmarks.load.Scenario;

/** What was measured, as Markdown. */
record Report(Options options, Machine machine, Results results) {
    String title() {
        return machine.date() + ", " + (options.latency() ? "latency at " + options.rate() + "/s" : "throughput");
    }

    String markdown() {
        var text = new StringBuilder("## " + title() + "\n\n");
        text.append("`").append(options.command()).append("`\n\n");
        text.append(conditions()).append("\n\n");
        text.append(options.latency() ? latencies() : throughputs()).append('\n');
        Table ratios = ratios();
        if (!ratios.isEmpty()) {
            text.append(ratios).append('\n');
        }
        results.failures()
                .forEach(failure -> text.append("- failed: ").append(failure).append('\n'));
        return text.toString();
    }

    private String conditions() {
        return machine + ". Median of " + options.rounds() + ", " + options.warmupSeconds()
                + " s of warm-up or more, until the rate no longer grew, "
                + options.measureSeconds() + " s measured, at most " + options.window() + " deliveries in flight; `"
                + String.join(" ", options.jvm()) + "`, " + String.join(" or ", results.collectors())
                + ". Scenarios are publishers x topics x handlers per topic.";
    }

    private Table throughputs() {
        var table = new Table(
                2,
                "scenario",
                "contestant",
                "events/s",
                "min",
                "max",
                "µs CPU/delivery",
                "B/delivery",
                "cores",
                "GC ms",
                "warm-up s");
        each((scenario, contestant) -> table.row(
                scenario.toString(),
                contestant.toString(),
                median(scenario, contestant, "events_per_second", "%,.0f"),
                number(
                        "%,.0f",
                        figure(scenario, contestant, "events_per_second").map(Spread::min)),
                number(
                        "%,.0f",
                        figure(scenario, contestant, "events_per_second").map(Spread::max)),
                median(scenario, contestant, "cpu_micros_per_delivery", "%.2f"),
                median(scenario, contestant, "bytes_per_delivery", "%,.0f"),
                median(scenario, contestant, "cores", "%.2f"),
                median(scenario, contestant, "collection_millis", "%,.0f"),
                median(scenario, contestant, "warm_up_seconds", "%.0f")));
        return table;
    }

    private Table latencies() {
        var table = new Table(
                2,
                "scenario",
                "contestant",
                "p50 µs",
                "p99 µs",
                "p99 min",
                "p99 max",
                "p99.9 µs",
                "max µs",
                "rate held",
                "events/s",
                "cores");
        each((scenario, contestant) -> table.row(
                scenario.toString(),
                contestant.toString(),
                median(scenario, contestant, "p50_micros", "%,.1f"),
                median(scenario, contestant, "p99_micros", "%,.1f"),
                number("%,.1f", figure(scenario, contestant, "p99_micros").map(Spread::min)),
                number("%,.1f", figure(scenario, contestant, "p99_micros").map(Spread::max)),
                median(scenario, contestant, "p999_micros", "%,.1f"),
                number("%,.0f", figure(scenario, contestant, "max_micros").map(Spread::max)),
                held(scenario, contestant),
                median(scenario, contestant, "events_per_second", "%,.0f"),
                median(scenario, contestant, "cores", "%.2f")));
        return table;
    }

    private String held(Scenario scenario, Contestant contestant) {
        return figure(scenario, contestant, "held")
                .map(held -> held.min() == 1 ? "always" : held.max() == 0 ? "**never**" : "**not always**")
                .orElse("");
    }

    private Table ratios() {
        var table = new Table(2, "scenario", "ratio", "is", "bound", "aim", "");
        List<Target> targets = options.latency() ? Target.LATENCY : Target.THROUGHPUT;
        for (Scenario scenario : results.scenarios()) {
            for (Target target : targets) {
                ratio(scenario, target)
                        .ifPresent(ratio -> table.row(
                                scenario.toString(),
                                target.name(),
                                String.format(Locale.ROOT, "%.2f", ratio),
                                target.text(scenario.toString(), target.bound()),
                                target.text(scenario.toString(), target.aim()),
                                target.verdict(scenario.toString(), ratio)));
            }
        }
        return table;
    }

    private Optional<Double> ratio(Scenario scenario, Target target) {
        return figure(scenario, target.ours(), target.figure())
                .flatMap(ours ->
                        figure(scenario, target.other(), target.figure()).map(other -> ours.median() / other.median()));
    }

    private Optional<Spread> figure(Scenario scenario, Contestant contestant, String name) {
        return results.figure(scenario, contestant, name);
    }

    private String median(Scenario scenario, Contestant contestant, String name, String format) {
        return number(format, figure(scenario, contestant, name).map(Spread::median));
    }

    private static String number(String format, Optional<Double> value) {
        return value.map(number -> String.format(Locale.ROOT, format, number)).orElse("");
    }

    private void each(BiConsumer<Scenario, Contestant> row) {
        for (Scenario scenario : results.scenarios()) {
            for (Contestant contestant : results.contestants(scenario)) {
                row.accept(scenario, contestant);
            }
        }
    }
}
