package symphony.benchmarks;

import java.util.Locale;
import symphony.benchmarks.load.Scenario;

/** Events a second as bars, a group for each scenario. The plain rig is left out: beside it no other bar would be seen. */
final class ThroughputChart implements Chart {
    private static final double LEFT = 150;
    private static final double RIGHT = 100;
    private static final double ROW = 20;

    @Override
    public String draw(Machine machine, Results results) {
        var svg = new Svg();
        double y = 24;
        svg.text(12, y, "head", "Events handled per second; longer is better");
        for (Scenario scenario : results.scenarios()) {
            y += 32;
            svg.text(12, y, "head", inWords(scenario));
            double most = most(results, scenario);
            for (Contestant contestant : results.contestants(scenario)) {
                if (contestant != Contestant.RIG_PLAIN) {
                    y += ROW;
                    row(svg, y, contestant, rate(results, scenario, contestant), most);
                }
            }
        }
        y += 32;
        svg.text(
                12,
                y,
                "small",
                machine.date() + ", commit " + machine.commit() + ", " + machine.cores() + " cores (" + machine.cpu()
                        + "), " + machine.jvm());
        return svg.toString(y + 14);
    }

    private static void row(Svg svg, double y, Contestant contestant, double rate, double most) {
        double width = Math.max(1, (Svg.WIDTH - LEFT - RIGHT) * rate / most);
        boolean ours = contestant == Contestant.SYMPHONY || contestant == Contestant.SYMPHONY_UNSEALED;
        svg.text(LEFT - 8, y, "name", contestant.toString());
        svg.bar(LEFT, y - 12, width, ROW - 5, ours ? "ours" : "other");
        svg.text(LEFT + width + 6, y, "value", String.format(Locale.ROOT, "%,.0f", rate));
    }

    static String inWords(Scenario scenario) {
        return count(scenario.publishers(), "publisher") + ", " + count(scenario.topics(), "topic") + ", "
                + count(scenario.handlers(), "handler") + (scenario.topics() > 1 ? " per topic" : "");
    }

    private static String count(int number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    private static double most(Results results, Scenario scenario) {
        double most = 1;
        for (Contestant contestant : results.contestants(scenario)) {
            if (contestant != Contestant.RIG_PLAIN) {
                most = Math.max(most, rate(results, scenario, contestant));
            }
        }
        return most;
    }

    private static double rate(Results results, Scenario scenario, Contestant contestant) {
        return results.figure(scenario, contestant, "events_per_second")
                .map(Spread::median)
                .orElse(0.0);
    }
}
