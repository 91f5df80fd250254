package symphony.nlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import symphony.api.nlp.Evaluation;
import symphony.api.nlp.Evaluation.Confusion;
import symphony.api.nlp.Example;
import symphony.api.nlp.IntentTally;
import symphony.api.nlp.RankedIntent;
import symphony.api.nlp.Recognition;
import symphony.api.nlp.TrainingProgress;

class EvaluatorTest {
    private static Recognition found(String intent, double confidence, boolean outOfScope) {
        return new Recognition(List.of(new RankedIntent(intent, confidence)), outOfScope, "1");
    }

    @Test
    void countsByHand() throws InterruptedException {
        Map<String, Recognition> answers = Map.of(
                "a1", found("a", 0.9, false),
                "a2", found("a", 0.9, true),
                "a3", found("b", 0.5, false),
                "b1", found("b", 0.5, false),
                "o1", found("a", 0.1, true),
                "o2", found("b", 0.1, false));
        Evaluation evaluation = Evaluator.evaluate(
                answers::get,
                List.of(new Example("a", "a1"), new Example("a", "a2"), new Example("a", "a3"), new Example("b", "b1")),
                List.of("o1", "o2"),
                TrainingProgress.NONE);

        assertThat(evaluation.examples()).isEqualTo(4);
        assertThat(evaluation.accuracy()).isEqualTo(0.75);
        // a: precision 1, recall 2/3; b: precision 1/2, recall 1
        assertThat(evaluation.macroF1()).isCloseTo((0.8 + 2.0 / 3) / 2, within(1e-9));
        // two with 0.9 of which both are right, two with 0.5 of which one is
        assertThat(evaluation.calibrationError()).isCloseTo(0.05, within(1e-9));
        assertThat(evaluation.wronglyOutOfScope()).isEqualTo(0.25);
        assertThat(evaluation.outOfScopeRecall()).isEqualTo(0.5);
        assertThat(evaluation.intents()).containsExactly(new IntentTally("a", 3, 2, 2), new IntentTally("b", 1, 2, 1));
        assertThat(evaluation.confusions()).containsExactly(new Confusion("a", "b", 1, List.of("a3")));
    }

    @Test
    void listsTheWorstConfusionsFirst() throws InterruptedException {
        var examples = List.of(
                new Example("x", "1"),
                new Example("y", "2"),
                new Example("y", "3"),
                new Example("y", "4"),
                new Example("y", "5"));
        Evaluation evaluation =
                Evaluator.evaluate(utterance -> found("z", 1, false), examples, List.of(), TrainingProgress.NONE);

        assertThat(evaluation.confusions())
                .containsExactly(
                        new Confusion("y", "z", 4, List.of("2", "3", "4")), new Confusion("x", "z", 1, List.of("1")));
        assertThat(evaluation.outOfScopeRecall()).isNaN();
        assertThat(evaluation.intents())
                .containsExactly(
                        new IntentTally("x", 1, 0, 0), new IntentTally("y", 4, 0, 0), new IntentTally("z", 0, 5, 0));
        assertThat(evaluation.macroF1()).as("of intents that examples have").isZero();
    }

    @Test
    void countsWhereNothingWasFound() throws InterruptedException {
        Evaluation evaluation = Evaluator.evaluate(
                utterance -> new Recognition(List.of(), true, utterance.equals("1") ? "7" : "8"),
                List.of(new Example("x", "1")),
                List.of("2", "3"),
                TrainingProgress.NONE);

        assertThat(evaluation.versions()).containsExactly("7", "8");
        assertThat(evaluation.accuracy()).isZero();
        assertThat(evaluation.intents()).containsExactly(new IntentTally("x", 1, 0, 0));
        assertThat(evaluation.confusions()).containsExactly(new Confusion("x", "", 1, List.of("1")));
    }
}
