package symphony.nlp;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import symphony.api.nlp.Example;
import symphony.api.nlp.TrainingFormat;
import symphony.api.nlp.TrainingProgress;

/** Examples for tests, and models of them. */
final class Data {
    static final List<Example> HOME = read("home.tsv");
    static final List<Example> OTHERS = read("home-others.tsv");
    static final List<String> OUT_OF_SCOPE =
            List.of("who won the elections", "zxqw vbnk", "explain quantum physics", "my brother plays chess badly");

    private Data() {}

    static List<Example> read(String name) {
        try (InputStream in = Objects.requireNonNull(Data.class.getResourceAsStream("/" + name))) {
            return ExampleReader.read(name, TrainingFormat.of(name), in).examples();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static IntentModel model(List<Example> examples, long seed, int threads) {
        try {
            return new ModelTrainer(threads, Thread::new).train(examples, List.of(), null, seed, TrainingProgress.NONE);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
