package symphony.api.nlp;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Trains and evaluates models in this process. A service with bundle scope: it knows its caller. Thread-safe; of trainings one
 * goes on at a time, the others wait.
 */
@ProviderType
public interface IntentTrainer {
    /**
     * Reads examples. Needs no permission: who has the stream has what is in it.
     *
     * @param name of the file, for messages
     * @param format how it is written
     * @param in read to its end, not closed
     * @return the examples, and what was strange
     * @throws TrainingDataException if it cannot be used; with the number of the line
     * @throws IOException if the stream fails
     */
    ExampleSet read(String name, TrainingFormat format, InputStream in) throws IOException;

    /**
     * Trains a model and stores it as the newest version of its name; it is not yet active, see {@link ModelStore#activate}.
     * The same examples in the same order and the same seed give the same model, whatever the machine does besides. Needs the
     * permission {@code nlp:train:<model>}. Blocks until it is done, which for 15 000 examples of 150 intents takes some
     * seconds; can be interrupted.
     *
     * @param model name of the model, see {@link IntentRecognizer#MODEL_CHARS}
     * @param examples of two intents at least, to learn from
     * @param validation others, from which is learnt how sure it may be, and when an utterance is out of scope; if it is empty a
     *     tenth of the examples is held out for that, which says too much good where examples are much alike
     * @param seed of the random numbers
     * @param progress told how far it is
     * @return what came of it
     * @throws symphony.api.rbac.AccessDeniedException if the caller lacks the permission
     * @throws TrainingDataException if the examples are too few, too many, or of too many intents, or those for validation
     *     are of others
     * @throws ModelException if the model cannot be stored
     * @throws InterruptedException if it was interrupted; nothing is stored
     */
    TrainedModel train(
            String model, List<Example> examples, List<Example> validation, long seed, TrainingProgress progress)
            throws InterruptedException;

    /**
     * Measures the active model of a name. Needs the permission {@code nlp:evaluate:<model>}.
     *
     * @param model name of the model
     * @param examples which it was not trained with, at least one
     * @param outOfScope utterances that are of none of its intents; may be empty
     * @param progress told how far it is
     * @return the figures
     * @throws symphony.api.rbac.AccessDeniedException if the caller lacks the permission
     * @throws ModelException if no model of that name is active
     * @throws InterruptedException if it was interrupted
     */
    Evaluation evaluate(String model, List<Example> examples, List<String> outOfScope, TrainingProgress progress)
            throws InterruptedException;
}
