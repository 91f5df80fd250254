package symphony.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SteadinessTest {
    private final Steadiness steadiness = new Steadiness();

    @Test
    void isNotReachedWhileTheRateGrows() {
        for (double rate = 1_000; rate < 1e6; rate *= 1.06) {
            assertThat(steadiness.add(rate)).isFalse();
        }
    }

    @Test
    void isReachedAfterThreeStepsWithoutGrowth() {
        assertThat(steadiness.add(1_000)).isFalse();
        assertThat(steadiness.add(1_040)).isFalse();
        assertThat(steadiness.add(900)).isFalse();
        assertThat(steadiness.add(1_050)).as("by one percent only").isTrue();
    }

    @Test
    void isFurtherAwayAfterAStepOfGrowth() {
        steadiness.add(1_000);
        steadiness.add(1_000);
        assertThat(steadiness.add(2_000)).isFalse();
        assertThat(steadiness.add(1_900)).isFalse();
        assertThat(steadiness.add(1_900)).isFalse();
        assertThat(steadiness.add(1_900)).isTrue();
    }
}
