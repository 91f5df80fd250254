package symphony.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ArgumentsTest {
    @Test
    void readsNumbersAndFlags() {
        Arguments arguments = arguments("start", "--record", "--rounds", "3");
        assertThat(arguments.number("--rounds", 5, 1, 10)).isEqualTo(3);
        assertThat(arguments.number("--idle", 60, 0, 100)).isEqualTo(60);
        assertThat(arguments.has("--record")).isTrue();
        assertThat(arguments.has("--else")).isFalse();
        assertThat(arguments.command()).isEqualTo("bench start --record --rounds 3");
    }

    @Test
    void refusesWhatItDoesNotKnow() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> arguments("start", "--rouns", "3"))
                .withMessage("unknown argument or missing value: '--rouns'; start takes --idle, --rounds, each with a"
                        + " number, and --record");
    }

    @Test
    void refusesANumberThatIsMissingOrOutOfRange() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> arguments("start", "--rounds"))
                .withMessageContaining("'--rounds'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> arguments("start", "--rounds", "0").number("--rounds", 5, 1, 10))
                .withMessage("--rounds is '0', must be a number of 1 to 10");
    }

    private static Arguments arguments(String... all) {
        return new Arguments(List.of(all), Set.of("--rounds", "--idle"), Set.of("--record"));
    }
}
