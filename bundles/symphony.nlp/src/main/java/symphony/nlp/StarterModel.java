package symphony.nlp;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import symphony.api.nlp.ExampleSet;
import symphony.api.nlp.TrainingFormat;
import symphony.api.nlp.TrainingProgress;

/**
 * The model that comes with this bundle, so that there is something to ask at once. It is made when the bundle is built, of the
 * examples in {@code src/main/starter}, by this class's {@code main}; the same examples make the same model.
 */
final class StarterModel {
    private static final String RESOURCE = "starter.model";
    private static final long SEED = 1;

    private StarterModel() {}

    /**
     * Trains a model, for the build.
     *
     * @param arguments a file of examples, and the file of the model to write
     * @throws IOException if one of the files cannot be read or written
     * @throws InterruptedException if it was interrupted
     */
    public static void main(String... arguments) throws IOException, InterruptedException {
        Path from = Path.of(arguments[0]);
        Path to = Path.of(arguments[1]);
        ExampleSet set;
        try (InputStream in = Files.newInputStream(from)) {
            set = ExampleReader.read(from.toString(), TrainingFormat.of(from.toString()), in);
        }
        IntentModel model = new ModelTrainer(1, work -> new Thread(work, "starter"))
                .train(set.examples(), List.of(), null, SEED, TrainingProgress.NONE);
        Files.write(to, ModelFormat.write(model));
    }

    /** Its bytes. */
    static byte[] bytes() throws IOException {
        try (InputStream in = StarterModel.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IOException("the bundle has no " + RESOURCE + "; build it anew");
            }
            return in.readNBytes(ModelFormat.MOST_BYTES);
        }
    }
}
