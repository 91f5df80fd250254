package symphony.nlp;

import java.util.function.Function;
import symphony.api.nlp.IntentRecognizer;
import symphony.api.nlp.NlpOperations;
import symphony.api.nlp.Recognition;

/** Recognises by the version of a model that is active at the moment. Thread-safe. */
final class StoredRecognizer extends IntentRecognizer {
    private final Function<String, Recognition> active;

    StoredRecognizer(NlpOperations operations, String model, Function<String, Recognition> active) {
        super(operations, model);
        this.active = active;
    }

    @Override
    protected Recognition classify(String utterance) {
        return active.apply(utterance);
    }
}
