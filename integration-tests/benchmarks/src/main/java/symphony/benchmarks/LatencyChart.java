package symphony.benchmarks;

import java.util.List;
import symphony.benchmarks.load.Scenario;

/** Percentiles as dots on a logarithmic scale, from a microsecond to a second. */
final class LatencyChart implements Chart {
    private static final double LEFT = 150;
    private static final double RIGHT = 40;
    private static final double ROW = 22;
    private static final int DECADES = 6;
    private static final List<String> TICKS = List.of("1 µs", "10 µs", "100 µs", "1 ms", "10 ms", "100 ms", "1 s");
    private static final List<String> DOTS = List.of("p50", "p99", "p999");

    @Override
    public String draw(Machine machine, Results results) {
        var svg = new Svg();
        double y = 24;
        svg.text(12, y, "head", "From due to handled; further left is better");
        legend(svg, y);
        for (Scenario scenario : results.scenarios()) {
            y += 32;
            svg.text(12, y, "head", ThroughputChart.inWords(scenario));
            for (Contestant contestant : results.contestants(scenario)) {
                y += ROW;
                svg.text(LEFT - 8, y, "name", contestant.toString());
                svg.line(LEFT, y - 4, Svg.WIDTH - RIGHT, y - 4);
                double height = y - 4;
                results.figure(scenario, contestant, "held")
                        .filter(held -> held.min() == 0)
                        .ifPresent(held -> svg.text(LEFT + 4, height - 2, "small", "rate not held"));
                for (String dot : DOTS) {
                    results.figure(scenario, contestant, dot + "_micros")
                            .ifPresent(spread -> svg.dot(x(spread.median()), height, dot));
                }
            }
        }
        y += ROW;
        for (int i = 0; i <= DECADES; i++) {
            svg.text(x(Math.pow(10, i)), y, "tick", TICKS.get(i));
        }
        y += 26;
        svg.text(
                12,
                y,
                "small",
                machine.date() + ", commit " + machine.commit() + ", " + machine.cores() + " cores (" + machine.cpu()
                        + "), " + machine.jvm());
        return svg.toString(y + 14);
    }

    private static void legend(Svg svg, double y) {
        for (int i = 0; i < DOTS.size(); i++) {
            double x = Svg.WIDTH - 200 + i * 65.0;
            svg.dot(x, y - 4, DOTS.get(i));
            svg.text(x + 9, y, "value", List.of("p50", "p99", "p99.9").get(i));
        }
    }

    private static double x(double micros) {
        double decades = Math.log10(Math.max(1, Math.min(micros, Math.pow(10, DECADES))));
        return LEFT + (Svg.WIDTH - LEFT - RIGHT) * decades / DECADES;
    }
}
