package symphony.api.nlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import symphony.api.rbac.AccessDeniedException;
import symphony.api.rbac.Permission;

class IntentRecognizerTest {
    private final List<String> asked = new ArrayList<>();

    /** Lets everything through, and remembers it. */
    private final NlpOperations open = new NlpOperations() {
        @Override
        public <T> T run(Permission permission, String input, OperationLimits limits, Callable<? extends T> work)
                throws Exception {
            asked.add(permission + " " + input.length() + " " + limits.maxChars());
            return work.call();
        }
    };

    private interface Classifier {
        Recognition classify(String utterance) throws Exception;
    }

    private static IntentRecognizer recognizer(NlpOperations operations, Classifier classifier) {
        return new IntentRecognizer(operations, "home") {
            @Override
            protected Recognition classify(String utterance) throws Exception {
                return classifier.classify(utterance);
            }
        };
    }

    private static Recognition light() {
        return new Recognition(List.of(new RankedIntent("light_on", 0.8), new RankedIntent("music", 0.1)), false, "3");
    }

    @Test
    void recognisesWithinAnOperation() {
        IntentResult result = recognizer(open, utterance -> light()).recognize("more light");

        assertThat(asked).containsExactly("nlp:recognize:home 10 " + Integer.MAX_VALUE);
        assertThat(result.intent()).contains(new RankedIntent("light_on", 0.8));
        assertThat(result.model()).isEqualTo("home");
        assertThat(result.version()).isEqualTo("3");
        assertThat(result.taken()).isPositive();
    }

    @Test
    void hasNoIntentToActOnOutOfScope() {
        var found = new Recognition(List.of(new RankedIntent("light_on", 0.2)), true, "1");
        IntentResult result = recognizer(open, utterance -> found).recognize("who was that");

        assertThat(result.outOfScope()).isTrue();
        assertThat(result.intent()).isEmpty();
        assertThat(result.intents()).hasSize(1);
    }

    @Test
    void classifiesNothingThatMayNotBeDone() {
        NlpOperations closed = new NlpOperations() {
            @Override
            public <T> T run(Permission permission, String input, OperationLimits limits, Callable<? extends T> work) {
                throw new AccessDeniedException("somebody", permission, "");
            }
        };
        IntentRecognizer recognizer = recognizer(closed, utterance -> {
            throw new AssertionError("it was asked");
        });

        assertThatThrownBy(() -> recognizer.recognize("more light"))
                .isInstanceOf(AccessDeniedException.class)
                .hasMessageContaining("nlp:recognize:home");
    }

    @Test
    void tellsWhoseRecogniserFailedAndNotAboutWhat() {
        IntentRecognizer checked = recognizer(open, utterance -> {
            throw new IOException("gone");
        });
        IntentRecognizer mistaken = recognizer(open, utterance -> {
            throw new IllegalArgumentException("not the caller's mistake");
        });

        for (IntentRecognizer recognizer : List.of(checked, mistaken)) {
            assertThatThrownBy(() -> recognizer.recognize("my secret"))
                    .isInstanceOf(RecognitionException.class)
                    .hasMessageContaining("of model home failed with java")
                    .hasMessageNotContaining("secret")
                    .hasCauseInstanceOf(Exception.class);
        }
    }

    /** Issue 13: the log has the whole stack of what a handler throws, with what each cause says. */
    @Test
    void leavesOutWhatWasSaidOfTheUtterance() {
        IntentRecognizer parsing =
                recognizer(open, utterance -> new Recognition(List.of(), Integer.parseInt(utterance) > 0, "1"));
        IntentRecognizer wrapping = recognizer(open, utterance -> {
            throw new RecognitionException("no such room", new IOException(utterance, new Error(utterance)));
        });
        IntentRecognizer overflowing = recognizer(open, utterance -> {
            throw new StackOverflowError(utterance);
        });

        assertThat(stack(parsing)).contains("NumberFormatException", "Integer.parseInt");
        assertThat(stack(wrapping)).contains("no such room", "java.io.IOException", "java.lang.Error");
        assertThat(stack(overflowing)).contains("StackOverflowError");
    }

    private static String stack(IntentRecognizer recognizer) {
        var text = new StringWriter();
        assertThatThrownBy(() -> recognizer.recognize("my pin is 4711"))
                .isInstanceOf(RecognitionException.class)
                .satisfies(e -> e.printStackTrace(new PrintWriter(text)));
        assertThat(text.toString()).doesNotContain("4711");
        return text.toString();
    }

    @Test
    void takesNullForAFailureOfTheRecogniser() {
        assertThatThrownBy(() -> recognizer(open, utterance -> null).recognize("x"))
                .isInstanceOf(RecognitionException.class);
    }

    @Test
    void keepsAnInterrupt() {
        IntentRecognizer recognizer = recognizer(open, utterance -> {
            throw new InterruptedException();
        });

        assertThatThrownBy(() -> recognizer.recognize("x")).isInstanceOf(RecognitionException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void takesNamesOfModelsThatArePlain() {
        for (String name : List.of("", "A", "a/b", "a:b", "..", "a..b", ".a", "ä", "a".repeat(65), "a\n")) {
            assertThatThrownBy(() -> new IntentRecognizer(open, name) {
                        @Override
                        protected Recognition classify(String utterance) {
                            return light();
                        }
                    })
                    .as(name)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    /** It is of somebody who has no methods to run. */
    @Test
    void runsNoMethodsUnlessItSaysHow() {
        assertThatThrownBy(() -> open.runMethod(
                        "Speech.say", Permission.of("nlp:say:x"), "a", OperationLimits.CONFIGURED, () -> {
                            throw new AssertionError("it was run");
                        }))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContainingAll("Speech.say", "symphony.nlp");
    }
}
