package symphony.nlp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import symphony.nlp.Calibration.HeldOut;

class FormChoiceTest {
    private final List<HeldOut> alone = new ArrayList<>();
    private final List<HeldOut> both = new ArrayList<>();

    @Test
    void goesByTheNumberOfExamplesWhereNothingWasHeldOut() {
        assertThat(FormChoice.isWithGrams(10, alone, both)).isFalse();
        assertThat(FormChoice.isWithGrams(100, alone, both)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "100, 20, 10, true", // 1.8 standard deviations
        "100, 21, 10, true",
        "100, 22, 10, false", // 2.1
        "100, 5, 0, false",
        "100, 3, 0, true",
        "10, 10, 20, false",
        "10, 10, 22, true",
        "10, 0, 5, true",
        "10, 900, 900, false"
    })
    void heedsOnlyAClearDifference(double examples, int onlyAlone, int onlyBoth, boolean withGrams) {
        add(1_000, true, true);
        add(onlyAlone, true, false);
        add(50, false, false);
        add(onlyBoth, false, true);
        assertThat(FormChoice.isWithGrams(examples, alone, both)).isEqualTo(withGrams);
    }

    private void add(int count, boolean aloneIsRight, boolean bothIsRight) {
        for (int i = 0; i < count; i++) {
            alone.add(heldOut(aloneIsRight));
            both.add(heldOut(bothIsRight));
        }
    }

    private static HeldOut heldOut(boolean right) {
        return new HeldOut(new float[] {1, 0}, 0, right ? 0 : 1);
    }
}
