package symphony.nlp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import symphony.api.event.Event;
import symphony.api.event.HandlerConstants;
import symphony.api.nlp.IntentRecognizer;
import symphony.api.nlp.NlpOperations;
import symphony.api.nlp.OperationLimits;
import symphony.api.nlp.RankedIntent;
import symphony.api.nlp.Recognition;
import symphony.api.rbac.Permission;
import symphony.codec.CodecEngine;
import symphony.codec.CodecLimits;
import symphony.component.StateHome;
import symphony.crypto.CryptoEngine;
import symphony.testing.ManualTimer;
import symphony.testing.SymphonyTest;

/** The component with the properties that it is registered with. */
@Timeout(120)
class UtterancesTest {
    private static final NlpOperations OPEN = new NlpOperations() {
        @Override
        public <T> T run(Permission permission, String input, OperationLimits limits, Callable<? extends T> work)
                throws Exception {
            return work.call();
        }
    };

    @TempDir
    private Path temp;

    private final SymphonyTest symphony = SymphonyTest.start();
    private final CryptoEngine crypto = CryptoEngine.ephemeral(new CodecEngine(CodecLimits.DEFAULT));
    private final ManualTimer timer = new ManualTimer(symphony.clock().instant());
    private final Services services = new Services();
    private Utterances utterances;

    @BeforeEach
    void start() {
        services.with(StateHome.HOME, temp.toString());
        var nlp = new Nlp(Map.of("model", "home", "starter", false), services.context(), crypto, timer);
        utterances = new Utterances(services.context(), symphony.eventSystem(), nlp);
        symphony.handler(utterances);
    }

    @AfterEach
    void close() {
        symphony.close();
        timer.close();
        crypto.close();
    }

    /** The first word is the intent; what ends with {@code !} fails the first time. */
    private static final class FirstWord extends IntentRecognizer {
        private final Set<String> failed = ConcurrentHashMap.newKeySet();

        FirstWord() {
            super(OPEN, "home");
        }

        @Override
        protected Recognition classify(String utterance) {
            if (utterance.endsWith("!") && failed.add(utterance)) {
                throw new IllegalStateException("a test lets it fail");
            }
            return new Recognition(List.of(new RankedIntent(utterance.split(" ")[0], 0.9)), false, "1");
        }
    }

    /** Issue 13: lights that were turned on, then off, stayed on. */
    @Test
    void publishesIntentsOfOneSessionInTheOrderInWhichTheyWereSaid() {
        utterances.bindRecognizer(services.reference(new FirstWord()));
        Queue<String> published = new ConcurrentLinkedQueue<>();
        symphony.handler(
                delivery -> published.add(delivery.getString("text")), Map.of(HandlerConstants.TOPICS, "nlp/intent/*"));
        List<String> said = sayHundredPairs();
        awaitAll(published);

        assertThat(published).containsExactlyElementsOf(said);
    }

    /** Whoever handles intents by several threads may order them by key, too. */
    @Test
    void givesIntentsTheirSessionAsKey() {
        utterances.bindRecognizer(services.reference(new FirstWord()));
        Queue<String> handled = new ConcurrentLinkedQueue<>();
        Set<String> failed = ConcurrentHashMap.newKeySet();
        symphony.handler(
                delivery -> {
                    String text = delivery.getString("text");
                    if (text.startsWith("off 3") && failed.add(text)) {
                        throw new IllegalStateException("a test lets it fail");
                    }
                    handled.add(text);
                },
                Map.of(
                        HandlerConstants.TOPICS,
                        "nlp/intent/*",
                        HandlerConstants.CONCURRENCY,
                        4,
                        HandlerConstants.ORDER_KEY,
                        "no.such.path"));
        List<String> said = sayHundredPairs();
        awaitAll(handled);

        assertThat(handled).containsExactlyElementsOf(said);
    }

    private List<String> sayHundredPairs() {
        var said = new ArrayList<String>();
        for (int i = 0; i < 100; i++) {
            for (String text : List.of("on " + i + (i == 7 ? "!" : ""), "off " + i)) {
                said.add(text);
                symphony.publish(Event.on(IntentEvents.UTTERANCE)
                        .with("text", text)
                        .with("session", "kitchen")
                        .build());
            }
        }
        return said;
    }

    private void awaitAll(Queue<String> texts) {
        for (int i = 0; i < 50 && texts.size() < 200; i++) {
            symphony.awaitIdle();
            symphony.advance(Duration.ofSeconds(30)); // past each back-off
        }
    }

    @Test
    void makesKeysOfSessionsOfAnyKind() {
        assertThat(IntentEvents.key("s1")).contains("s1");
        assertThat(IntentEvents.key(7L)).contains("7");
        assertThat(IntentEvents.key("x".repeat(255))).contains("x".repeat(255));
        assertThat(IntentEvents.key("x".repeat(256)).orElseThrow())
                .hasSize(64)
                .isNotEqualTo(IntentEvents.key("x".repeat(257)).orElseThrow());
        assertThat(IntentEvents.key("")).isEmpty();
        assertThat(IntentEvents.key(null)).isEmpty();
        assertThat(IntentEvents.key(new byte[3])).isEmpty();
    }

    @Test
    void givesBackEachRecogniserThatItGot() {
        var reference = services.reference(new FirstWord());
        utterances.bindRecognizer(reference);
        for (int i = 0; i < 3; i++) {
            symphony.publish(IntentEvents.UTTERANCE, Map.of("text", "on " + i));
            symphony.awaitIdle();
            utterances.updatedRecognizer(reference); // its ranking changes
        }
        utterances.unbindRecognizer(reference);

        assertThat(services.uses()).isZero();
    }
}
