package symphony.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import symphony.benchmarks.load.Scenario;

class RecordsTest {
    @Test
    void putsTheNewestFirst() {
        String once = Records.with("# Results\n\nSaid once.\n", "## first\n\nold\n\n");
        assertThat(once).isEqualTo("# Results\n\nSaid once.\n\n## first\n\nold\n");
        assertThat(Records.with(once, "## second\n\nnew\n\n"))
                .isEqualTo("# Results\n\nSaid once.\n\n## second\n\nnew\n\n## first\n\nold\n");
    }

    @Test
    void writesResultAndPicture(@TempDir Path folder) throws IOException {
        var options = Options.parse(List.of("throughput"));
        var results = new Results();
        results.add(new Scenario(1, 1, 1), Contestant.VERTX, Map.of("events_per_second", 1234.0));
        var report = new Report(options, new Machine(LocalDate.EPOCH, "abc", "JVM", 2, "CPU", 0), results);
        new Records(folder).add(options, report);
        assertThat(Files.readString(folder.resolve("RESULTS.md")))
                .startsWith("# Results")
                .contains("1,234");
        assertThat(Files.readString(folder.resolve("throughput.svg"))).contains("1,234");
        assertThat(folder.resolve("latency.svg")).doesNotExist();
    }
}
