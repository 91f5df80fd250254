package symphony.nlp;

import java.util.List;
import java.util.Optional;
import symphony.api.nlp.Recognition;
import symphony.api.nlp.SentenceEncoder;

/**
 * A model as it is stored: what recognises everywhere, and what does with the encoder that it was trained with, if there was one.
 * Immutable, thread-safe.
 *
 * @param plain by n-grams and tokens
 * @param encoded by sentences
 */
record IntentModel(LinearModel plain, Optional<Encoded> encoded) {
    /**
     * What recognises by sentences.
     *
     * @param encoder id of the encoder that makes vectors of them
     * @param model by these vectors, perhaps by n-grams besides
     */
    record Encoded(String encoder, LinearModel model) {}

    List<String> intents() {
        return plain.intents();
    }

    /** How many it was trained with. */
    int examples() {
        return plain.features().examples() - intents().size(); // which has their names, too
    }

    /** On examples that it did not know, the better one; NaN if there were none. */
    float heldOutAccuracy() {
        return encoded.isPresent() ? encoded.get().model.heldOutAccuracy() : plain.heldOutAccuracy();
    }

    boolean isTrainedWith(SentenceEncoder encoder) {
        return encoded.isPresent() && encoded.get().encoder.equals(encoder.id());
    }

    /** Recognises; {@code version} is told with it. */
    Recognition recognize(String utterance, String version) {
        return plain.recognize(new Reading(utterance), version);
    }

    /**
     * Recognises with the encoder that it was trained with. An encoder has a vector for whatever is said, also for what is no
     * language; so what the part without it knows nothing of is out of scope here, too. Where there was nothing to learn from
     * how far away that begins, that part decides.
     */
    Recognition recognize(String utterance, SentenceEncoder encoder, String version) {
        LinearModel model = encoded.orElseThrow().model;
        var reading = new Reading(utterance, encoder);
        Recognition found = model.recognize(reading, version);
        boolean outOfScope = found.outOfScope()
                || (model.calibration().isOfNothing()
                        ? plain.recognize(reading, version).outOfScope()
                        : plain.knowsNothingOf(reading));
        return new Recognition(found.intents(), outOfScope, found.version());
    }
}
