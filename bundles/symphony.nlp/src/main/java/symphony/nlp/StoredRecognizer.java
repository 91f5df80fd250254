package symphony.nlp;

import symphony.api.nlp.IntentRecognizer;
import symphony.api.nlp.NlpOperations;
import symphony.api.nlp.Recognition;

/** Recognises by the version of a model that is active at the moment. Thread-safe. */
final class StoredRecognizer extends IntentRecognizer {
    private final ActiveModels models;

    StoredRecognizer(NlpOperations operations, String model, ActiveModels models) {
        super(operations, model);
        this.models = models;
    }

    @Override
    protected Recognition classify(String utterance) {
        return models.recognize(model(), utterance);
    }
}
