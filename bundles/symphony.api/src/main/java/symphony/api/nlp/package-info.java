/**
 * Intents of utterances: what people want who say something. Recognisers, also those that applications write, training,
 * and the models that come of it.
 *
 * <p>Callers import {@code [1.0,2)}, also those that extend {@link IntentRecognizer}; a bundle that implements
 * {@link NlpOperations}, {@link IntentTrainer} or {@link ModelStore} imports {@code [1.0,1.1)}.
 */
@Export
@Version("1.0.0")
package symphony.api.nlp;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
