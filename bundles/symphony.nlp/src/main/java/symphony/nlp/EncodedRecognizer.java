package symphony.nlp;

import symphony.api.nlp.IntentRecognizer;
import symphony.api.nlp.NlpOperations;
import symphony.api.nlp.Recognition;

/** Recognises by the version of a model that is active at the moment, with the encoder that it was trained with. Thread-safe. */
final class EncodedRecognizer extends IntentRecognizer {
    private final ActiveModels models;

    EncodedRecognizer(NlpOperations operations, String model, ActiveModels models) {
        super(operations, model);
        this.models = models;
    }

    @Override
    protected Recognition classify(String utterance) {
        return models.recognizeEncoded(model(), utterance);
    }
}
