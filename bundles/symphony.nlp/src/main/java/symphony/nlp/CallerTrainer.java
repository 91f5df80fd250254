package symphony.nlp;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import symphony.api.nlp.Evaluation;
import symphony.api.nlp.Example;
import symphony.api.nlp.ExampleSet;
import symphony.api.nlp.IntentTrainer;
import symphony.api.nlp.TrainedModel;
import symphony.api.nlp.TrainingFormat;
import symphony.api.nlp.TrainingProgress;

/** Training as one bundle may have it. Thread-safe. */
final class CallerTrainer implements IntentTrainer {
    private final NlpEngine engine;
    private final String caller;

    CallerTrainer(NlpEngine engine, String caller) {
        this.engine = engine;
        this.caller = caller;
    }

    @Override
    public ExampleSet read(String name, TrainingFormat format, InputStream in) throws IOException {
        return ExampleReader.read(name, format, in);
    }

    @Override
    public TrainedModel train(
            String model, List<Example> examples, List<Example> validation, long seed, TrainingProgress progress)
            throws InterruptedException {
        return engine.train(
                caller, Models.checked(model), List.copyOf(examples), List.copyOf(validation), seed, progress);
    }

    @Override
    public Evaluation evaluate(String model, List<Example> examples, List<String> outOfScope, TrainingProgress progress)
            throws InterruptedException {
        return engine.evaluate(caller, Models.checked(model), List.copyOf(examples), List.copyOf(outOfScope), progress);
    }
}
