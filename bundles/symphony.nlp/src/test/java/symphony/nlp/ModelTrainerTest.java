package symphony.nlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import symphony.api.nlp.Evaluation;
import symphony.api.nlp.Example;
import symphony.api.nlp.RankedIntent;
import symphony.api.nlp.Recognition;
import symphony.api.nlp.TrainingProgress;

class ModelTrainerTest {
    private static String best(IntentModel model, String utterance) {
        return model.recognize(utterance, "1").intents().get(0).name();
    }

    @Test
    void learnsWhatPeopleWant() throws InterruptedException {
        IntentModel model = Data.model(Data.HOME, 1, 2);
        Evaluation evaluation = Evaluator.evaluate(
                utterance -> model.recognize(utterance, "1"), Data.OTHERS, Data.OUT_OF_SCOPE, TrainingProgress.NONE);

        assertThat(evaluation.accuracy()).isGreaterThanOrEqualTo(0.8);
        assertThat(evaluation.outOfScopeRecall()).isGreaterThan(0);
        assertThat(model.heldOutAccuracy()).isBetween(0.5f, 1f);
    }

    @Test
    void ranksByConfidence() {
        Recognition found = Data.model(Data.HOME, 1, 1).recognize("turn on the lights please", "7");

        assertThat(found.version()).isEqualTo("7");
        assertThat(found.outOfScope()).isFalse();
        assertThat(found.intents()).hasSize(6);
        assertThat(found.intents().get(0).name()).isEqualTo("light_on");
        assertThat(found.intents())
                .isSortedAccordingTo(
                        Comparator.comparingDouble(RankedIntent::confidence).reversed());
        assertThat(found.intents().stream()
                        .mapToDouble(intent -> intent.confidence())
                        .sum())
                .isBetween(0.999, 1.001);
    }

    @Test
    void takesWhatItKnowsNothingOfForOutOfScope() {
        IntentModel model = Data.model(Data.HOME, 1, 1);

        for (String utterance : List.of("", " ", "\u0000\u0007", "ψψψψ", "\ud800", "👍", "ж".repeat(1 << 20))) {
            assertThat(model.recognize(utterance, "1").outOfScope()).isTrue();
        }
    }

    @Test
    void makesTheSameOfTheSame() {
        byte[] one = ModelFormat.write(Data.model(Data.HOME, 42, 1));

        assertThat(ModelFormat.write(Data.model(Data.HOME, 42, 1))).isEqualTo(one);
        assertThat(ModelFormat.write(Data.model(Data.HOME, 42, 2))).isEqualTo(one);
        assertThat(ModelFormat.write(Data.model(Data.HOME, 42, 5))).isEqualTo(one);
        assertThat(ModelFormat.write(Data.model(Data.HOME, 43, 2))).isNotEqualTo(one);
    }

    @Test
    void learnsFromOneExampleEach() {
        var examples = List.of(new Example("yes", "yes of course"), new Example("no", "no never"));
        IntentModel model = Data.model(examples, 1, 2);

        assertThat(best(model, "of course")).isEqualTo("yes");
        assertThat(best(model, "never")).isEqualTo("no");
        assertThat(model.heldOutAccuracy()).isNaN();
        assertThat(TrainingCheck.check("m", examples, List.of()))
                .anyMatch(w -> w.contains("2 intents (no, yes) with one"));
    }

    @Test
    void learnsFromNames() {
        var examples = List.of(new Example("payRent", "aaa bbb"), new Example("call_mother", "ccc ddd"));
        IntentModel model = Data.model(examples, 1, 1);

        assertThat(best(model, "the rent")).isEqualTo("payRent");
        assertThat(best(model, "my mother")).isEqualTo("call_mother");
    }

    @Test
    void warnsOfImbalanceAndLearns() {
        var examples = new ArrayList<Example>();
        for (int i = 0; i < 600; i++) {
            examples.add(new Example("large", "more of the same " + i));
        }
        IntStream.range(0, 11).forEach(i -> examples.add(new Example("small", "something rare " + i)));
        IntentModel model = Data.model(examples, 1, 2);

        assertThat(TrainingCheck.check("m", examples, List.of()))
                .anyMatch(warning -> warning.contains("(small)") && warning.contains("600"));
        assertThat(best(model, "something rare")).isEqualTo("small");
        assertThat(best(model, "more of the same")).isEqualTo("large");
    }

    @Test
    void refusesTooFewAndTooManyIntents() {
        var one = List.of(new Example("a", "x"), new Example("a", "y"));
        var many = IntStream.range(0, 10_000)
                .mapToObj(i -> new Example("i" + i, "u" + i))
                .toList();

        assertThatThrownBy(() -> TrainingCheck.check("m", one, List.of())).hasMessageContaining("of 1 intents");
        assertThatThrownBy(() -> TrainingCheck.check("m", many, List.of())).hasMessageContaining("of 10000 intents");
        assertThatThrownBy(() -> TrainingCheck.check("m", Data.HOME, one)).hasMessageContaining("intent 'a'");
    }

    @Test
    void calibratesByValidation() throws InterruptedException {
        var trainer = new ModelTrainer(2, Thread::new);
        IntentModel model = trainer.train(Data.HOME, Data.OTHERS, null, 1, TrainingProgress.NONE);
        Evaluation evaluation = Evaluator.evaluate(
                utterance -> model.recognize(utterance, "1"), Data.OTHERS, List.of(), TrainingProgress.NONE);

        assertThat(model.heldOutAccuracy()).isEqualTo((float) evaluation.accuracy());
        assertThat(evaluation.wronglyOutOfScope()).isZero(); // of twelve not one may be lost
        assertThat(model.plain().calibration())
                .isNotEqualTo(Data.model(Data.HOME, 1, 1).plain().calibration());
    }

    @Test
    void tellsHowFarItIs() throws InterruptedException {
        var told = new ArrayList<Double>();
        new ModelTrainer(2, Thread::new).train(Data.HOME, List.of(), null, 1, (step, done) -> told.add(done));

        assertThat(told)
                .isSorted()
                .hasSizeGreaterThan(10)
                .allMatch(done -> done >= 0 && done <= 1)
                .endsWith(1.0);
    }

    @Test
    void canBeInterrupted() throws InterruptedException {
        var begun = new CountDownLatch(1);
        var thrown = new AtomicReference<Throwable>();
        var thread = new Thread(() -> {
            try {
                while (true) {
                    new ModelTrainer(2, Thread::new)
                            .train(Data.HOME, List.of(), null, 1, (step, done) -> begun.countDown());
                }
            } catch (InterruptedException e) {
                thrown.set(e);
            }
        });
        thread.start();
        assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
        thread.interrupt();
        thread.join(30_000);

        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
    }

    @Test
    void leavesNoThreadAtWorkWhenItIsInterrupted() {
        var threads = new ConcurrentLinkedQueue<Thread>();
        var trainer = new ModelTrainer(4, work -> {
            var thread = new Thread(work);
            threads.add(thread);
            return thread;
        });
        assertThatThrownBy(() -> trainer.train(Data.HOME, List.of(), null, 1, (step, done) -> {
                    if (threads.size() == 4) {
                        Thread.currentThread().interrupt();
                    }
                }))
                .isInstanceOf(InterruptedException.class);

        assertThat(threads)
                .hasSize(4)
                .noneMatch(thread -> Arrays.stream(thread.getStackTrace())
                        .anyMatch(frame -> frame.getClassName().equals(OneAgainstRest.class.getName())));
    }

    /** Issue 13: only the first tenth was counted, of which there is none here. */
    @Test
    void holdsOutOfFewExamplesToo() {
        var examples = new ArrayList<>(List.of(new Example("a", "turn it on")));
        IntStream.range(0, 9).forEach(i -> examples.add(new Example("b", "go away number " + i)));

        assertThat(Data.model(examples, 1, 1).heldOutAccuracy()).isBetween(0f, 1f);
    }

    @Test
    void warnsWhereNothingCanBeHeldOut() {
        var examples = List.of(new Example("yes", "yes of course"), new Example("no", "no never"));
        var validation = List.of(new Example("yes", "of course"));

        assertThat(TrainingCheck.check("m", examples, List.of())).anyMatch(w -> w.contains("nothing can be held out:"));
        assertThat(TrainingCheck.check("m", examples, validation)).noneMatch(w -> w.contains("held out:"));
    }

    /** Whoever makes examples without a file has the same limits. */
    @Test
    void refusesMoreThanATrainingMayHave() {
        var two = List.of(new Example("a", "x"), new Example("b", "y"));
        var longest = new Example("a", "x".repeat(TrainingLimits.UTTERANCE_CHARS));
        List<Example> large = new ArrayList<>(two);
        large.addAll(Collections.nCopies(TrainingLimits.CHARS / TrainingLimits.UTTERANCE_CHARS + 1, longest));
        List<Example> many = new ArrayList<>(two);
        many.addAll(Collections.nCopies(TrainingLimits.EXAMPLES, two.get(0)));
        var tooLong = List.of(new Example("a", "x".repeat(TrainingLimits.UTTERANCE_CHARS + 1)));
        List<Example> intents = IntStream.range(0, TrainingLimits.INTENTS)
                .mapToObj(i -> new Example("i" + i, "u"))
                .toList();
        List<Example> validation = Collections.nCopies(40_000, new Example("i1", "u"));

        assertThatThrownBy(() -> TrainingCheck.check("m", large, List.of())).hasMessageContaining("16777216 in all");
        assertThatThrownBy(() -> TrainingCheck.check("m", two, large)).hasMessageContaining("for validation have 167");
        assertThatThrownBy(() -> TrainingCheck.check("m", many, List.of())).hasMessageContaining("200002 examples,");
        assertThatThrownBy(() -> TrainingCheck.check("m", two, many)).hasMessageContaining("200002 examples for");
        assertThatThrownBy(() -> TrainingCheck.check("m", two, tooLong)).hasMessageContaining("10001 characters");
        assertThatThrownBy(() -> TrainingCheck.check("m", intents, validation)).hasMessageContaining("33554 at most");
    }

    @Test
    void warnsOfIntentsWithOneTopic() {
        var examples = List.of(
                new Example("unlock door", "x"), new Example("unlock_door", "y"), new Example("unlock-door", "z"));

        assertThat(TrainingCheck.check("m", examples, List.of()))
                .anyMatch(w ->
                        w.startsWith("2 intents (unlock door, unlock_door) have one topic, nlp/intent/unlock_door"));
    }
}
