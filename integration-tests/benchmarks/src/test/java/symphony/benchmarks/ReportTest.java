package symphony.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import symphony.benchmarks.load.Scenario;

class ReportTest {
    private static final Machine MACHINE = new Machine(LocalDate.of(2026, 1, 2), "abc", "JVM 17", 2, "CPU <1>", 0.25);

    private final Results results = new Results();

    @Test
    void comparesMediansWithTheTarget() {
        add("10x1x1", Contestant.SYMPHONY, 100, 400, 250);
        add("10x1x1", Contestant.RIG_SEALED, 500, 499, 501);
        add("10x1x1", Contestant.EVENTADMIN, 10, 10, 10);
        assertThat(throughput().lines())
                .anyMatch(row -> row.matches("\\| 10x1x1 +\\| symphony +\\| +250 \\| +100 \\| +400 \\|.*"))
                .anyMatch(row ->
                        row.matches("\\| 10x1x1 +\\| symphony / rig-sealed +\\| +0.50 \\| ≥ 0.60 \\| +\\| +missed \\|"))
                .anyMatch(row -> row.matches(
                        "\\| 10x1x1 +\\| symphony / eventadmin +\\| +25.00 \\| ≥ 5.00 \\| +\\| +reached \\|"))
                .noneMatch(row -> row.contains("/ vertx"));
    }

    @Test
    void judgesOnlyTheScenariosOfATarget() {
        add("1x1x1", Contestant.SYMPHONY, 1);
        add("1x1x1", Contestant.EVENTADMIN, 10);
        assertThat(throughput().lines())
                .anyMatch(row -> row.matches("\\| 1x1x1 +\\| symphony / eventadmin +\\| 0.10 \\| +\\| +\\| +\\|"));
    }

    @Test
    void takesLessLatencyForBetter() {
        latency(Contestant.SYMPHONY, 30, 240, 1);
        latency(Contestant.VERTX, 20, 100, 1);
        assertThat(latency().lines())
                .anyMatch(row -> row.matches(
                        "\\| 1x1x1 +\\| p50 symphony / vertx +\\| 1.50 \\| ≤ 2.00 \\| ≤ 1.50 \\| +aim reached \\|"))
                .anyMatch(row -> row.matches(
                        "\\| 1x1x1 +\\| p99 symphony / vertx +\\| 2.40 \\| ≤ 1.20 \\| ≤ 1.00 \\| +missed \\|"));
    }

    @Test
    void tellsWhoDidNotHoldTheRate() {
        latency(Contestant.SYMPHONY, 30, 240, 1);
        latency(Contestant.EVENTADMIN, 1e6, 2e6, 0);
        latency(Contestant.VERTX, 1, 2, 0);
        latency(Contestant.VERTX, 1, 2, 1);
        assertThat(latency().lines())
                .anyMatch(row -> row.matches(".*\\| symphony +\\|.*\\| +always \\|.*"))
                .anyMatch(row -> row.matches(".*\\| eventadmin +\\|.*\\| +\\*\\*never\\*\\* \\|.*"))
                .anyMatch(row -> row.matches(".*\\| vertx +\\|.*\\| +\\*\\*not always\\*\\* \\|.*"));
    }

    @Test
    void tellsFailures() {
        add("1x1x1", Contestant.VERTX, 1);
        results.failed("1x1x1, round 1 of 3, symphony: gave no result");
        assertThat(throughput()).contains("- failed: 1x1x1, round 1 of 3, symphony: gave no result");
    }

    @Test
    void namesCommandMachineAndFlags() {
        add("1x1x1", Contestant.VERTX, 1);
        assertThat(throughput())
                .contains(
                        "## 2026-01-02, throughput",
                        "`bench throughput`",
                        "commit abc, 2 cores",
                        "JVM 17",
                        "-Xmx1g",
                        "G1");
    }

    @Test
    void drawsWellFormedPictures() throws Exception {
        add("10x100x1", Contestant.SYMPHONY, 1_000);
        latency(Contestant.VERTX, 20, 100, 1);
        for (Chart chart : List.of(new ThroughputChart(), new LatencyChart())) {
            String picture = chart.draw(MACHINE, results);
            assertThat(picture).contains("symphony", "10 publishers, 100 topics, 1 handler per topic", "CPU &lt;1&gt;");
            DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(new ByteArrayInputStream(picture.getBytes(StandardCharsets.UTF_8)));
        }
    }

    private void add(String scenario, Contestant contestant, double... eventsPerSecond) {
        for (double rate : eventsPerSecond) {
            results.add(Scenario.parse(scenario), contestant, Map.of("events_per_second", rate, "collector", "G1"));
        }
    }

    private void latency(Contestant contestant, double p50, double p99, double held) {
        results.add(
                new Scenario(1, 1, 1),
                contestant,
                Map.of("p50_micros", p50, "p99_micros", p99, "held", held, "events_per_second", 20_000.0));
    }

    private String throughput() {
        return new Report(Options.parse(List.of("throughput")), MACHINE, results).markdown();
    }

    private String latency() {
        return new Report(Options.parse(List.of("latency")), MACHINE, results).markdown();
    }
}
