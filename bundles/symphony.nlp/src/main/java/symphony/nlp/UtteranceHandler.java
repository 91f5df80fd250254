package symphony.nlp;

import java.time.InstantSource;
import java.util.function.Supplier;
import symphony.api.event.Delivery;
import symphony.api.event.EventHandler;
import symphony.api.event.EventSystem;
import symphony.api.nlp.IntentRecognizer;

/**
 * Recognises utterances that come as events, and publishes their intents. What fails is tried again, or is a dead letter: never
 * is there no answer at all. Thread-safe.
 */
final class UtteranceHandler implements EventHandler {
    private final EventSystem events;
    private final Supplier<IntentRecognizer> recognizer;
    private final Supplier<SlotFinder> slots;
    private final InstantSource clock;

    /**
     * Makes one.
     *
     * @param events takes the intents
     * @param recognizer the one to ask at the moment; throws if there is none
     * @param slots finds slots at the moment
     * @param clock tells how long an utterance still counts
     */
    UtteranceHandler(
            EventSystem events,
            Supplier<IntentRecognizer> recognizer,
            Supplier<SlotFinder> slots,
            InstantSource clock) {
        this.events = events;
        this.recognizer = recognizer;
        this.slots = slots;
        this.clock = clock;
    }

    @Override
    public void handle(Delivery utterance) {
        String text = utterance.getString(IntentEvents.TEXT);
        var result = recognizer.get().recognize(text);
        events.publish(IntentEvents.of(utterance, text, result, slots.get().find(text), clock))
                .orThrow();
    }
}
