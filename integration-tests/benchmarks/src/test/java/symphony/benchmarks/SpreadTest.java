package symphony.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SpreadTest {
    @Test
    void takesTheMiddleOfAnOddNumberOfRounds() {
        assertThat(Spread.of(30, 10, 1000)).isEqualTo(new Spread(30, 10, 1000));
    }

    @Test
    void takesTheMeanOfTheTwoInTheMiddleOfAnEvenNumber() {
        assertThat(Spread.of(40, 10, 20, 1000)).isEqualTo(new Spread(30, 10, 1000));
    }

    @Test
    void leavesTheValuesInTheirOrder() {
        double[] values = {3, 1, 2};
        Spread.of(values);
        assertThat(values).containsExactly(3, 1, 2);
    }

    @Test
    void refusesNoRound() {
        assertThatThrownBy(Spread::of)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no value");
    }
}
