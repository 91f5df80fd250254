package symphony.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import symphony.benchmarks.load.Plan;
import symphony.benchmarks.load.Scenario;

/**
 * What to measure.
 *
 * @param latency at a fixed rate, else throughput
 * @param scenarios each with all contestants
 * @param contestants in this order within a round
 * @param rounds how often
 * @param warmupSeconds before each measurement
 * @param measureSeconds of each measurement
 * @param rate events a second, for latency
 * @param window most deliveries in flight
 * @param jvm flags of all contestants' JVMs
 * @param profile whether each process records what it does while it is measured
 * @param record whether to keep the result in the module's folder
 * @param arguments as they were given
 */
record Options(
        boolean latency,
        List<Scenario> scenarios,
        List<Contestant> contestants,
        int rounds,
        int warmupSeconds,
        int measureSeconds,
        int rate,
        int window,
        List<String> jvm,
        boolean profile,
        boolean record,
        List<String> arguments) {
    /** The heap is large enough for all; the collector is the JVM's own choice. */
    private static final List<String> JVM = List.of("-Xms1g", "-Xmx1g", "-XX:-UsePerfData");

    private static final String USAGE =
            "throughput or latency, then --scenario 10x1x1,10x100x1 --contestants symphony,vertx"
                    + " --rounds 3 --warmup 12 --measure 10 --rate 20000 --window 4096 --jvm '-XX:+UseParallelGC' --profile --record";

    static Options parse(List<String> arguments) {
        if (arguments.isEmpty()) {
            throw new IllegalArgumentException("what to measure is missing: " + USAGE);
        }
        boolean latency =
                switch (arguments.get(0)) {
                    case "throughput" -> false;
                    case "latency" -> true;
                    default -> throw unknown(arguments.get(0));
                };
        String scenarios = latency ? "1x1x1" : "1x1x1,10x1x1,10x100x1,1x1x10";
        List<Contestant> contestants = List.of(Contestant.values());
        int rounds = 3;
        int warmup = 12;
        int measure = 10;
        int rate = 20_000;
        int window = 4_096;
        var jvm = new ArrayList<>(JVM);
        boolean profile = false;
        boolean record = false;
        for (int i = 1; i < arguments.size(); i++) {
            String name = arguments.get(i);
            if (name.equals("--record")) {
                record = true;
                continue;
            }
            if (name.equals("--profile")) {
                profile = true;
                continue;
            }
            if (i + 1 == arguments.size()) {
                throw unknown(name);
            }
            String value = arguments.get(++i);
            switch (name) {
                case "--scenario" -> scenarios = value;
                case "--contestants" ->
                    contestants = list(value).stream().map(Contestant::named).toList();
                case "--rounds" -> rounds = number(name, value, 1, 1_000);
                case "--warmup" -> warmup = number(name, value, 0, 3_600);
                case "--measure" -> measure = number(name, value, 1, 3_600);
                case "--rate" -> rate = number(name, value, 1, 1_000_000);
                case "--window" -> window = number(name, value, 1, 10_000);
                case "--jvm" -> jvm.addAll(Arrays.asList(value.trim().split(" +")));
                default -> throw unknown(name);
            }
        }
        List<Scenario> all = list(scenarios).stream().map(Scenario::parse).toList();
        if (latency && all.stream().anyMatch(scenario -> scenario.publishers() != 1)) {
            throw new IllegalArgumentException("--scenario is '" + scenarios
                    + "', but latency has one publisher, which keeps the rate: use 1x1x1 or 1x100x1");
        }
        return new Options(
                latency,
                all,
                contestants,
                rounds,
                warmup,
                measure,
                rate,
                window,
                List.copyOf(jvm),
                profile,
                record,
                List.copyOf(arguments));
    }

    Plan plan(Scenario scenario) {
        return new Plan(latency, scenario, warmupSeconds, measureSeconds, rate, window);
    }

    /** The command that gave these. */
    String command() {
        return "bench "
                + arguments.stream()
                        .map(argument -> argument.contains(" ") ? "'" + argument + "'" : argument)
                        .collect(Collectors.joining(" "));
    }

    private static List<String> list(String value) {
        return Arrays.asList(value.split(","));
    }

    static int number(String name, String value, int least, int most) {
        try {
            int number = Integer.parseInt(value);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below, as what is out of range
        }
        throw new IllegalArgumentException(name + " is '" + value + "', must be a number of " + least + " to " + most);
    }

    private static IllegalArgumentException unknown(String argument) {
        return new IllegalArgumentException("unknown argument or missing value: '" + argument + "'; " + USAGE);
    }
}
