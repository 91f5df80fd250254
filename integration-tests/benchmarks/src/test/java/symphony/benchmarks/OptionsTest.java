package symphony.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import symphony.benchmarks.load.Plan;
import symphony.benchmarks.load.Scenario;

class OptionsTest {
    @Test
    void measuresAllContestantsInAllScenariosByDefault() {
        var options = Options.parse(List.of("throughput"));
        assertThat(options.contestants()).containsExactly(Contestant.values());
        assertThat(options.scenarios())
                .extracting(Scenario::toString)
                .containsExactly("1x1x1", "10x1x1", "10x100x1", "1x1x10");
        assertThat(options.plan(options.scenarios().get(0)))
                .isEqualTo(new Plan(false, new Scenario(1, 1, 1), 12, 10, 20_000, 4_096));
    }

    @Test
    void takesWhatIsAskedFor() {
        var options = Options.parse(List.of(
                "latency",
                "--contestants",
                "vertx,symphony-unsealed",
                "--rate",
                "500",
                "--jvm",
                "-Xlog:gc -ea",
                "--record"));
        assertThat(options.latency()).isTrue();
        assertThat(options.contestants()).containsExactly(Contestant.VERTX, Contestant.SYMPHONY_UNSEALED);
        assertThat(options.rate()).isEqualTo(500);
        assertThat(options.jvm()).contains("-Xmx1g").endsWith("-Xlog:gc", "-ea");
        assertThat(options.record()).isTrue();
        assertThat(options.command())
                .isEqualTo(
                        "bench latency --contestants vertx,symphony-unsealed --rate 500 --jvm '-Xlog:gc -ea' --record");
    }

    @ParameterizedTest
    @CsvSource({
        "speed, ''",
        "throughput --rounds, --rounds",
        "throughput --rounds 0, 1 to 1000",
        "throughput --window 10001, 1 to 10000",
        "throughput --scenario 1x1, '1x1'",
        "throughput --scenario 0x1x1, 0x1x1",
        "throughput --contestants kafka, rig-plain",
        "latency --scenario 10x1x1, one publisher",
    })
    void refusesWhatItDoesNotKnow(String arguments, String told) {
        assertThatThrownBy(() -> Options.parse(List.of(arguments.split(" "))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(told);
    }
}
