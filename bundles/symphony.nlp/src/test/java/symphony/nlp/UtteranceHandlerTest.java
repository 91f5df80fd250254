package symphony.nlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import symphony.api.event.Delivery;
import symphony.api.event.Event;
import symphony.api.event.HandlerConstants;
import symphony.api.nlp.IntentRecognizer;
import symphony.api.nlp.IntentResult;
import symphony.api.nlp.ModelException;
import symphony.api.nlp.NlpOperations;
import symphony.api.nlp.OperationLimits;
import symphony.api.nlp.RankedIntent;
import symphony.api.nlp.Recognition;
import symphony.api.queue.DeadLetter;
import symphony.api.queue.DeadReason;
import symphony.api.rbac.Permission;
import symphony.testing.Probe;
import symphony.testing.SymphonyTest;

class UtteranceHandlerTest {
    private static final NlpOperations OPEN = new NlpOperations() {
        @Override
        public <T> T run(Permission permission, String input, OperationLimits limits, Callable<? extends T> work)
                throws Exception {
            return work.call();
        }
    };

    private final SymphonyTest symphony = SymphonyTest.start();
    private final RankedRecognizers<Integer> recognizers = new RankedRecognizers<>();
    private final AtomicInteger asked = new AtomicInteger();

    UtteranceHandlerTest() {
        symphony.handler(
                new UtteranceHandler(
                        symphony.eventSystem(),
                        () -> recognizers.of("home"),
                        () -> new SlotLists(symphony.clock(), "").finder(),
                        symphony.clock()),
                Map.of(
                        HandlerConstants.TOPICS,
                        IntentEvents.UTTERANCE,
                        HandlerConstants.NO_RETRY,
                        IllegalArgumentException.class.getName()));
    }

    @AfterEach
    void close() {
        symphony.close();
    }

    private IntentRecognizer knowing(Recognition found) {
        return new IntentRecognizer(OPEN, "home") {
            @Override
            protected Recognition classify(String utterance) {
                asked.incrementAndGet();
                if (utterance.contains("crash")) {
                    throw new IllegalArgumentException("it fails");
                }
                return found;
            }
        };
    }

    private static Recognition found(String intent) {
        return new Recognition(List.of(new RankedIntent(intent, 0.9), new RankedIntent("other", 0.1)), false, "4");
    }

    @Test
    void publishesTheIntentOfAnUtterance() {
        recognizers.put(0, "home", () -> knowing(found("light_on")));
        Probe intents = symphony.probe("nlp/intent/*");
        var id = UUID.randomUUID();
        symphony.publish(Event.on(IntentEvents.UTTERANCE)
                .id(id)
                .with("text", "more light")
                .with("session", "s1")
                .with("language", "en")
                .with("more", "not told")
                .priority(2)
                .attribute(Event.CORRELATION, "c1")
                .timeToLive(Duration.ofMinutes(1))
                .build());

        Delivery intent = intents.awaitCount(1).last();
        assertThat(intent.topic()).isEqualTo("nlp/intent/light_on");
        assertThat(intent.priority()).isEqualTo(2);
        assertThat(intent.attributes()).containsEntry(Event.CORRELATION, "c1");
        assertThat(intent.expiresAt()).contains(symphony.clock().instant().plus(Duration.ofMinutes(1)));
        assertThat(intent.data())
                .containsEntry("text", "more light")
                .containsEntry("intent", "light_on")
                .containsEntry("confidence", 0.9)
                .containsEntry("alternatives", List.of(Map.of("intent", "other", "confidence", 0.1)))
                .containsEntry("slots", Map.of())
                .containsEntry("utteranceId", id)
                .containsEntry("model", "home")
                .containsEntry("version", "4")
                .containsEntry("session", "s1")
                .containsEntry("language", "en")
                .doesNotContainKey("more");
    }

    @Test
    void putsSlotsIntoTheEvent() {
        recognizers.put(0, "home", () -> knowing(found("set_timer")));
        Probe intents = symphony.probe("nlp/intent/*");
        symphony.publish(Event.on(IntentEvents.UTTERANCE)
                .with("text", "set a timer for 2 hours")
                .build());

        assertThat(intents.awaitCount(1).last().data().get("slots"))
                .isEqualTo(Map.of(
                        "duration",
                        List.of(Map.of("text", "2 hours", "value", Duration.ofHours(2), "begin", 16L, "end", 23L))));
    }

    @Test
    void publishesTheSameEventForTheSameUtterance() {
        recognizers.put(0, "home", () -> knowing(found("light_on")));
        Probe intents = symphony.probe("nlp/intent/*");
        Event utterance = Event.on(IntentEvents.UTTERANCE)
                .id(UUID.randomUUID())
                .with("text", "more light")
                .build();
        symphony.publish(utterance);
        symphony.publish(utterance);
        symphony.publish(IntentEvents.UTTERANCE, Map.of("text", "more light"));

        intents.awaitCount(3);
        assertThat(intents.events().stream().map(Delivery::id).distinct()).hasSize(2);
    }

    @Test
    void publishesWhatIsOutOfScope() {
        recognizers.put(0, "home", () -> knowing(new Recognition(List.of(new RankedIntent("a", 0.2)), true, "1")));
        Probe others = symphony.probe(IntentEvents.OUT_OF_SCOPE);
        symphony.publish(IntentEvents.UTTERANCE, Map.of("text", "who was that"));

        Map<String, Object> data = others.awaitCount(1).last().data();
        assertThat(data).doesNotContainKeys("intent", "confidence").containsEntry("text", "who was that");
        assertThat(data).containsEntry("alternatives", List.of(Map.of("intent", "a", "confidence", 0.2)));
    }

    @Test
    void recognisesWhatWasDelayedOnceItIsDue() {
        recognizers.put(0, "home", () -> knowing(found("light_on")));
        Probe intents = symphony.probe("nlp/intent/*");
        symphony.schedule(Event.on(IntentEvents.UTTERANCE).with("text", "later").build(), Duration.ofMinutes(5));
        symphony.advance(Duration.ofMinutes(4));
        assertThat(intents.events()).isEmpty();
        symphony.advance(Duration.ofMinutes(2));

        assertThat(intents.awaitCount(1).last().data()).containsEntry("text", "later");
    }

    @Test
    void makesWhatFailedADeadLetter() {
        recognizers.put(0, "home", () -> knowing(found("light_on")));
        symphony.publish(IntentEvents.UTTERANCE, Map.of("text", "crash"));
        var letters = awaitDeadLetters(1);

        assertThat(letters.get(0).reason()).isEqualTo(DeadReason.ATTEMPTS);
        assertThat(asked.get()).isGreaterThan(1); // it was tried again before
    }

    @Test
    void makesWhatHasNoTextADeadLetterAtOnce() {
        recognizers.put(0, "home", () -> knowing(found("light_on")));
        symphony.publish(IntentEvents.UTTERANCE, Map.of("txt", "x"));
        symphony.publish(IntentEvents.UTTERANCE, Map.of("text", 7));

        assertThat(symphony.awaitDeadLetters(2))
                .hasSize(2)
                .allMatch(letter -> letter.reason() == DeadReason.NOT_RETRYABLE);
        assertThat(asked.get()).isZero();
    }

    @Test
    void makesWhatNobodyRecognisesADeadLetter() {
        symphony.publish(IntentEvents.UTTERANCE, Map.of("text", "x"));

        assertThat(awaitDeadLetters(1).get(0).exception()).isEqualTo(ModelException.class.getName());
    }

    private List<DeadLetter> awaitDeadLetters(int count) {
        for (int i = 0; i < 20 && symphony.deadLetters().size() < count; i++) {
            symphony.awaitIdle();
            symphony.advance(Duration.ofSeconds(30)); // past each back-off
        }
        return symphony.awaitDeadLetters(count);
    }

    @Test
    void asksTheRecogniserWithTheHighestRanking() {
        Probe intents = symphony.probe("nlp/intent/*");
        recognizers.put(0, "home", () -> knowing(found("default")));
        recognizers.put(9, "elsewhere", () -> knowing(found("of_another_model")));
        recognizers.put(5, "home", () -> knowing(found("mine")));
        recognizers.put(7, "home", () -> null); // it has just gone
        symphony.publish(IntentEvents.UTTERANCE, Map.of("text", "x"));
        assertThat(intents.awaitCount(1).last().topic()).isEqualTo("nlp/intent/mine");

        recognizers.remove(5);
        symphony.publish(IntentEvents.UTTERANCE, Map.of("text", "x"));
        assertThat(intents.awaitCount(2).last().topic()).isEqualTo("nlp/intent/default");
    }

    @Test
    void fetchesARecogniserOnce() {
        var fetched = new AtomicInteger();
        recognizers.put(0, "home", () -> {
            fetched.incrementAndGet();
            return knowing(found("a"));
        });
        var all = new ArrayList<IntentRecognizer>();
        for (int i = 0; i < 3; i++) {
            all.add(recognizers.of("home"));
        }

        assertThat(fetched.get()).isEqualTo(1);
        assertThat(all).containsOnly(all.get(0));
        assertThatThrownBy(() -> recognizers.of("away")).isInstanceOf(ModelException.class);
    }

    @Test
    void makesTopicsOfAnyName() {
        var names = Map.of(
                "reverted_card_payment?",
                "nlp/intent/reverted_card_payment_",
                "a b/c",
                "nlp/intent/a_b_c",
                "licht-an",
                "nlp/intent/licht-an",
                "caf\u0065\u0301",
                "nlp/intent/caf\u00e9",
                "開".repeat(100),
                "nlp/intent/" + "開".repeat(81));
        names.forEach((name, topic) -> {
            var result = new IntentResult("m", "1", List.of(new RankedIntent(name, 1)), false, Duration.ZERO);
            assertThat(IntentEvents.topic(result)).isEqualTo(topic);
            assertThat(Event.on(topic).build().topic()).isEqualTo(topic);
        });
    }
}
