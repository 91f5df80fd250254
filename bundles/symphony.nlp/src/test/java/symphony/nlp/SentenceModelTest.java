package symphony.nlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import symphony.api.nlp.Evaluation;
import symphony.api.nlp.Example;
import symphony.api.nlp.Recognition;
import symphony.api.nlp.SentenceEncoder;
import symphony.api.nlp.TrainingProgress;

/** Models that are trained with an encoder: here the means of tokens, which need no native code. */
class SentenceModelTest {
    static final class Tokens implements SentenceEncoder {
        private static final TokenMeans MEANS = TokenMeans.counting(
                Data.HOME.stream().map(each -> new Reading(each.utterance())).toList());

        private final String id;
        private final UnaryOperator<float[]> change;
        private final AtomicInteger calls = new AtomicInteger();

        Tokens(String id, UnaryOperator<float[]> change) {
            this.id = id;
            this.change = change;
        }

        @Override
        public String id() {
            return id;
        }

        @Override
        public int dimensions() {
            return TokenTable.DIMENSIONS;
        }

        @Override
        public float[] encode(String sentence) {
            calls.incrementAndGet();
            return change.apply(MEANS.vector(new Reading(sentence)));
        }
    }

    static final Tokens ENCODER = new Tokens("tokens-1", UnaryOperator.identity());
    static final IntentModel MODEL = trained(Data.HOME, ENCODER, 2);

    private static IntentModel trained(List<Example> examples, SentenceEncoder encoder, int threads) {
        try {
            return new ModelTrainer(threads, Thread::new).train(examples, List.of(), encoder, 1, TrainingProgress.NONE);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Recognition best(ActiveModels models, String utterance) {
        return models.recognizeEncoded("home", utterance);
    }

    @Test
    void recogniseWithTheEncoder() throws InterruptedException {
        Evaluation evaluation = Evaluator.evaluate(
                utterance -> MODEL.recognize(utterance, ENCODER, "1"),
                Data.OTHERS,
                Data.OUT_OF_SCOPE,
                TrainingProgress.NONE);

        assertThat(evaluation.accuracy()).isGreaterThanOrEqualTo(0.8);
        assertThat(evaluation.outOfScopeRecall()).isGreaterThan(0);
        assertThat(MODEL.heldOutAccuracy()).isBetween(0.5f, 1f);
        assertThat(MODEL.encoded().orElseThrow().model().distances()).isPresent();
    }

    @Test
    void areTheSameOfTheSameAndReadAsTheyWereWritten() throws ModelFormatException {
        byte[] bytes = ModelFormat.write(MODEL);
        IntentModel read = ModelFormat.read(bytes);

        assertThat(ModelFormat.write(trained(Data.HOME, ENCODER, 1))).isEqualTo(bytes);
        assertThat(ModelFormat.write(read)).isEqualTo(bytes);
        for (Example example : Data.OTHERS) {
            assertThat(read.recognize(example.utterance(), ENCODER, "1"))
                    .isEqualTo(MODEL.recognize(example.utterance(), ENCODER, "1"));
            assertThat(read.recognize(example.utterance(), "1")).isEqualTo(MODEL.recognize(example.utterance(), "1"));
        }
    }

    @Test
    void haveThePartWithoutEncoderThatTheyWouldHaveWithoutOne() {
        IntentModel without = trained(Data.HOME, null, 2);

        assertThat(without.encoded()).isEmpty();
        assertThat(ModelFormat.write(new IntentModel(MODEL.plain(), without.encoded())))
                .isEqualTo(ModelFormat.write(without));
    }

    @Test
    void useNoOtherEncoderThanTheirOwn() {
        var models = new ActiveModels();
        models.put("home", 1, "", MODEL);
        assertThat(models.isEncoded("home")).isFalse();
        assertThat(best(models, "lights on please").intents()).isNotEmpty();

        var other = new Tokens("tokens-2", UnaryOperator.identity());
        models.use(UsedEncoder.of(other));
        assertThat(models.isEncoded("home")).isFalse();
        assertThat(best(models, "lights on please")).isEqualTo(MODEL.recognize("lights on please", "1"));
        assertThat(other.calls).hasValue(0);

        models.use(UsedEncoder.of(ENCODER));
        assertThat(models.isEncoded("home")).isTrue();
        assertThat(best(models, "lights on please")).isEqualTo(MODEL.recognize("lights on please", ENCODER, "1"));

        models.put("home", 2, "", trained(Data.HOME, null, 2));
        assertThat(models.isEncoded("home")).isFalse();
        assertThat(best(models, "lights on please").version()).isEqualTo("2");
    }

    @Test
    void recogniseWithoutTheEncoderIfItFails() {
        for (UnaryOperator<float[]> failing : List.<UnaryOperator<float[]>>of(
                vector -> {
                    throw new IllegalStateException("closed");
                },
                vector -> {
                    throw new NullPointerException("closed");
                },
                vector -> {
                    throw new NoClassDefFoundError("its bundle is refreshed");
                },
                vector -> null,
                vector -> new float[3],
                vector -> {
                    vector[7] = Float.NaN;
                    return vector;
                })) {
            var models = new ActiveModels();
            models.put("home", 1, "", MODEL);
            models.use(UsedEncoder.of(new Tokens("tokens-1", failing)));
            assertThat(best(models, "lights on please")).isEqualTo(MODEL.recognize("lights on please", "1"));
        }
    }

    /** Issue 13: all that was learnt was lost when the encoder's bundle was updated meanwhile. */
    @Test
    void areMadeWithoutAnEncoderThatFails() {
        byte[] without = ModelFormat.write(trained(Data.HOME, null, 2));
        var calls = new AtomicInteger();
        for (UnaryOperator<float[]> failing : List.<UnaryOperator<float[]>>of(vector -> new float[3], vector -> {
            if (calls.incrementAndGet() > 40) {
                throw new NoClassDefFoundError("its bundle is refreshed");
            }
            return vector;
        })) {
            assertThat(ModelFormat.write(trained(Data.HOME, new Tokens("tokens-1", failing), 2)))
                    .isEqualTo(without);
        }
    }

    /** What an encoder makes of nothing is near something, too. */
    @Test
    void takeWhatTheyKnowNothingOfForOutOfScope() {
        var few = List.of(new Example("yes", "yes of course"), new Example("no", "no never"));
        for (IntentModel model : List.of(MODEL, trained(few, ENCODER, 2))) {
            for (String utterance :
                    List.of("", " ", "?!", "\u0000\u0007", "ψψψψ", "\ud800", "👍", "ж".repeat(1 << 10))) {
                assertThat(model.recognize(utterance, ENCODER, "1").outOfScope())
                        .as(utterance)
                        .isTrue();
            }
        }
    }

    @Test
    void areUsedWithEncodersOnlyThatSayWhichTheyAre() {
        assertThatThrownBy(() -> UsedEncoder.of(new Tokens(null, UnaryOperator.identity())))
                .hasMessageContaining("its id is null, must be 1 to 64");
        assertThatThrownBy(() -> UsedEncoder.of(new Tokens("a b", UnaryOperator.identity())))
                .hasMessageContaining("its id is a b,");
        var changing = new AtomicInteger();
        UsedEncoder used = UsedEncoder.of(new SentenceEncoder() {
            @Override
            public String id() {
                return "id-" + changing.incrementAndGet();
            }

            @Override
            public int dimensions() {
                return changing.incrementAndGet();
            }

            @Override
            public float[] encode(String sentence) {
                return new float[2];
            }
        });
        assertThat(used.id()).isEqualTo("id-1").isEqualTo(used.id());
        assertThat(used.dimensions()).isEqualTo(2).isEqualTo(used.dimensions());
    }

    @Test
    void learnFromOneExampleEach() throws ModelFormatException {
        IntentModel model =
                trained(List.of(new Example("yes", "yes of course"), new Example("no", "no never")), ENCODER, 2);

        Recognition found = ModelFormat.read(ModelFormat.write(model)).recognize("of course", ENCODER, "1");
        assertThat(found.intents().get(0).name()).isEqualTo("yes");
        assertThat(found.outOfScope()).isFalse();
    }
}
