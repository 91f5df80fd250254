package symphony.api.nlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class NlpValuesTest {
    @Test
    void intentsHavePrintableNames() {
        assertThat(new RankedIntent("reverted_card_payment?", 1).name()).isEqualTo("reverted_card_payment?");
        for (String name : List.of("", " a", "a ", "a\tb", "a\u202eb", "a".repeat(101), "\ud800")) {
            assertThatThrownBy(() -> new RankedIntent(name, 0.5)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void confidenceIsFromNoneToFull() {
        for (double confidence : new double[] {-0.1, 1.1, Double.NaN}) {
            assertThatThrownBy(() -> new RankedIntent("a", confidence)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void recognitionsAreRanked() {
        var low = new RankedIntent("low", 0.2);
        var high = new RankedIntent("high", 0.7);

        assertThatThrownBy(() -> new Recognition(List.of(low, high), false, "1"))
                .hasMessageContaining("high");
        assertThatThrownBy(() -> new Recognition(List.of(), false, "1")).hasMessageContaining("out of scope");
        assertThatThrownBy(() -> new Recognition(List.of(low), false, "")).hasMessageContaining("version");
        assertThat(new Recognition(List.of(), true, "1").intents()).isEmpty();
    }

    @Test
    void ofTwoLimitsBothHold() {
        var small = new OperationLimits(10, Duration.ofSeconds(9));
        var quick = new OperationLimits(99, Duration.ofSeconds(1));

        assertThat(small.and(quick)).isEqualTo(new OperationLimits(10, Duration.ofSeconds(1)));
        assertThat(quick.and(small)).isEqualTo(small.and(quick));
        assertThat(OperationLimits.CONFIGURED.and(small)).isEqualTo(small);
        assertThatThrownBy(() -> new OperationLimits(0, Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new OperationLimits(1, Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void formatsAreToldByNames() {
        assertThat(TrainingFormat.of("home.TSV")).isEqualTo(TrainingFormat.TSV);
        assertThat(TrainingFormat.of("a/b.csv")).isEqualTo(TrainingFormat.CSV);
        assertThat(TrainingFormat.of("b.jsonl")).isEqualTo(TrainingFormat.JSON_LINES);
        assertThatThrownBy(() -> TrainingFormat.of("b.txt")).hasMessageContaining(".tsv, .csv or .jsonl");
    }

    @Test
    void examplesKeepTheirUtterancesToThemselves() {
        assertThat(new Example("pay", "my secret")).hasToString("an example of pay");
        assertThatThrownBy(() -> new Example("pay", "\t")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void errorsInDataSayWhere() {
        assertThat(new TrainingDataException("a.tsv", 7, "no tab")).hasMessage("a.tsv, line 7: no tab");
        assertThat(new TrainingDataException("a.tsv", TrainingDataException.NO_LINE, "empty"))
                .hasMessage("a.tsv: empty");
    }

    @Test
    void talliesTellPrecisionAndRecall() {
        var tally = new IntentTally("pay", 4, 3, 2);

        assertThat(tally.precision()).isEqualTo(2.0 / 3);
        assertThat(tally.recall()).isEqualTo(0.5);
        assertThat(tally.f1()).isEqualTo(4.0 / 7);
        assertThat(new IntentTally("never", 0, 0, 0).f1()).isZero();
        for (int[] wrong : new int[][] {{1, 9, 2}, {9, 1, 2}, {1, 1, -1}}) {
            assertThatThrownBy(() -> new IntentTally("pay", wrong[0], wrong[1], wrong[2]))
                    .hasMessageContaining("pay");
        }
    }
}
