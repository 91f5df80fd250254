package symphony.nlp;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import symphony.api.nlp.Evaluation;
import symphony.api.nlp.Evaluation.Confusion;
import symphony.api.nlp.Example;
import symphony.api.nlp.Recognition;
import symphony.api.nlp.SentenceEncoder;
import symphony.api.nlp.TrainingFormat;
import symphony.api.nlp.TrainingProgress;
import symphony.nlp.encoder.LoadedEncoder;

/**
 * How good the recogniser is on sets of others: CLINC150, BANKING77 and SNIPS, as files {@code intent<TAB>utterance} in folders of these
 * names. In the package of the recogniser, since that has no other way in without a framework.
 */
public final class IntentFigures {
    /*
     * What is learnt from: the training split, and for confidence and thresholds the validation split where there is one. The split
     * that is measured by is read after that. With "valid" in place of "test" nothing of a test split is read at all: for whoever
     * changes the recogniser.
     */
    private static final int PER_INTENT = 10;
    private static final int SEEDS = 5;
    private static final int SEED = 42;
    private static final int WARM_UP = 3;
    private static final int COPIES = 20;
    private static final int SHOWN = 5;

    private final Path folder;
    private final boolean test;

    /** Null for none. */
    private final SentenceEncoder encoder;

    private IntentFigures(Path folder, boolean test, SentenceEncoder encoder) {
        this.folder = folder;
        this.test = test;
        this.encoder = encoder;
    }

    /** Folder of the data; {@code test} or {@code valid}; {@code encoder} if sentences are to be encoded. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        List<String> given = Arrays.asList(arguments);
        boolean known = given.size() >= 2
                && List.of("test", "valid").contains(given.get(1))
                && List.of(List.of(), List.of("encoder")).contains(given.subList(2, given.size()));
        if (!known) {
            System.err.println("bench: intents takes the folder of the data, test or valid, and perhaps encoder");
            System.exit(2);
        }
        new IntentFigures(
                        Path.of(arguments[0]),
                        arguments[1].equals("test"),
                        arguments.length > 2 ? LoadedEncoder.load() : null)
                .run();
    }

    /** One that keeps what it has encoded, from now on. */
    private SentenceEncoder keptSentences() {
        return encoder == null ? null : new KeptSentences(encoder);
    }

    private static Recognition recognized(IntentModel model, SentenceEncoder encoder, String utterance) {
        return encoder == null ? model.recognize(utterance, "1") : model.recognize(utterance, encoder, "1");
    }

    private void run() throws IOException, InterruptedException {
        say("| set | accuracy | macro F1 | calibration error | wrongly out of scope | out-of-scope recall | file, bytes"
                + " | memory / file | p50, ms | p99, ms | training, s |");
        say("|---|---|---|---|---|---|---|---|---|---|---|");
        clinc();
        banking();
        snips();
        fewOfClinc();
        fewOfBanking();
    }

    private void clinc() throws IOException, InterruptedException {
        List<Example> train = read("clinc150/train.tsv");
        List<String> outOfScope = utterances(
                test
                        ? read("clinc150/oos-test.tsv")
                        : join(read("clinc150/oos-train.tsv"), read("clinc150/oos-valid.tsv")));
        measure("CLINC150", train, read("clinc150/valid.tsv"), read("clinc150/" + split()), outOfScope);
    }

    private void banking() throws IOException, InterruptedException {
        List<Example> all = read("banking77/train.tsv");
        if (test) {
            measure("BANKING77", all, List.of(), read("banking77/test.tsv"), List.of());
        } else {
            measure("BANKING77, four fifths", fifths(all, true), List.of(), fifths(all, false), List.of());
        }
    }

    private void snips() throws IOException, InterruptedException {
        measure("SNIPS", read("snips/train.tsv"), read("snips/valid.tsv"), read("snips/" + split()), List.of());
    }

    private void fewOfClinc() throws IOException, InterruptedException {
        List<Example> train = read("clinc150/train.tsv");
        few("CLINC150", train, read("clinc150/" + split()));
    }

    private void fewOfBanking() throws IOException, InterruptedException {
        List<Example> all = read("banking77/train.tsv");
        few("BANKING77", test ? all : fifths(all, true), test ? read("banking77/test.tsv") : fifths(all, false));
    }

    private String split() {
        return test ? "test.tsv" : "valid.tsv";
    }

    private void measure(
            String name,
            List<Example> train,
            List<Example> validation,
            List<Example> measuredBy,
            List<String> outOfScope)
            throws IOException, InterruptedException {
        SentenceEncoder kept = keptSentences();
        long begun = System.nanoTime();
        byte[] bytes = ModelFormat.write(train(train, validation, kept));
        double seconds = (System.nanoTime() - begun) / 1e9;
        IntentModel model = ModelFormat.read(bytes);
        Evaluation evaluation = evaluate(model, kept, measuredBy, outOfScope);
        double[] millis = latencies(utterance -> recognized(model, encoder, utterance), measuredBy);
        say(String.format(
                Locale.ROOT,
                "| %s%s | %.2f %% | %.3f | %.1f %% | %.1f %% | %.1f %% | %d | %.1f | %.3f | %.3f | %.1f |",
                name,
                encoder == null ? "" : ", encoder",
                100 * evaluation.accuracy(),
                evaluation.macroF1(),
                100 * evaluation.calibrationError(),
                100 * evaluation.wronglyOutOfScope(),
                100 * evaluation.outOfScopeRecall(),
                bytes.length,
                memory(bytes) / bytes.length,
                millis[millis.length / 2],
                millis[millis.length * 99 / 100],
                seconds));
        if (encoder == null) {
            openNlp(name, train, measuredBy);
        } else {
            int plain = ModelFormat.write(new IntentModel(model.plain(), Optional.empty())).length;
            System.err.println(name + ": the part of sentences has " + (bytes.length - plain) + " bytes, and "
                    + model.encoded().orElseThrow().model().features().size() + " n-grams");
        }
        for (Confusion confusion : evaluation
                .confusions()
                .subList(0, Math.min(SHOWN, evaluation.confusions().size()))) {
            System.err.println(name + ": " + confusion.count() + " of " + confusion.expected() + " taken for "
                    + confusion.given() + ", as " + confusion.utterances());
        }
    }

    /** What one would use instead, beside it: accuracy, latency and time of training. */
    private static void openNlp(String name, List<Example> train, List<Example> measuredBy) throws IOException {
        long begun = System.nanoTime();
        OpenNlpFigures other = OpenNlpFigures.train(train);
        double seconds = (System.nanoTime() - begun) / 1e9;
        double accuracy = other.accuracy(measuredBy);
        double[] millis = latencies(other::best, measuredBy);
        say(String.format(
                Locale.ROOT,
                "| %s, Apache OpenNLP | %.2f %% | | | | | | | %.3f | %.3f | %.1f |",
                name,
                100 * accuracy,
                millis[millis.length / 2],
                millis[millis.length * 99 / 100],
                seconds));
    }

    private static IntentModel train(List<Example> examples, List<Example> validation, SentenceEncoder encoder)
            throws InterruptedException {
        return new ModelTrainer(2, Thread::new).train(examples, validation, encoder, SEED, TrainingProgress.NONE);
    }

    private static Evaluation evaluate(
            IntentModel model, SentenceEncoder encoder, List<Example> examples, List<String> outOfScope)
            throws InterruptedException {
        return Evaluator.evaluate(
                utterance -> recognized(model, encoder, utterance), examples, outOfScope, TrainingProgress.NONE);
    }

    private static double[] latencies(Function<String, ?> recognizer, List<Example> examples) {
        double[] millis = new double[examples.size()];
        for (int round = 0; round <= WARM_UP; round++) {
            for (int i = 0; i < millis.length; i++) {
                long begun = System.nanoTime();
                recognizer.apply(examples.get(i).utterance());
                millis[i] = (System.nanoTime() - begun) / 1e6;
            }
        }
        Arrays.sort(millis);
        return millis;
    }

    /** Bytes of the heap that a loaded model takes. */
    private static double memory(byte[] bytes) throws IOException {
        var models = new ArrayList<IntentModel>();
        long before = used();
        for (int i = 0; i < COPIES; i++) {
            models.add(ModelFormat.read(bytes));
        }
        return (double) (used() - before) / models.size();
    }

    private static long used() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private void few(String name, List<Example> all, List<Example> measuredBy) throws InterruptedException {
        double accuracy = 0;
        double calibrationError = 0;
        SentenceEncoder kept = keptSentences();
        for (int seed = 0; seed < SEEDS; seed++) {
            Evaluation evaluation = evaluate(train(few(all, seed), List.of(), kept), kept, measuredBy, List.of());
            accuracy += evaluation.accuracy() / SEEDS;
            calibrationError += evaluation.calibrationError() / SEEDS;
        }
        say(String.format(
                Locale.ROOT,
                "| %s%s, %d per intent, mean of %d seeds | %.2f %% | | %.1f %% | | | | | | | |",
                name,
                encoder == null ? "" : ", encoder",
                PER_INTENT,
                SEEDS,
                100 * accuracy,
                100 * calibrationError));
    }

    private static List<Example> few(List<Example> all, long seed) {
        Map<String, Integer> counts = new HashMap<>();
        List<Example> shuffled = new ArrayList<>(all);
        Collections.shuffle(shuffled, new Random(seed));
        shuffled.removeIf(example -> counts.merge(example.intent(), 1, Integer::sum) > PER_INTENT);
        return shuffled;
    }

    private static List<Example> fifths(List<Example> all, boolean four) {
        List<Example> shuffled = new ArrayList<>(all);
        Collections.shuffle(shuffled, new Random(0));
        int end = shuffled.size() * 4 / 5;
        return four ? shuffled.subList(0, end) : shuffled.subList(end, shuffled.size());
    }

    private static <T> List<T> join(List<T> first, List<T> second) {
        var all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }

    private static List<String> utterances(List<Example> examples) {
        return examples.stream().map(Example::utterance).toList();
    }

    private List<Example> read(String name) throws IOException {
        try (InputStream in = Files.newInputStream(folder.resolve(name))) {
            return ExampleReader.read(name, TrainingFormat.TSV, in).examples();
        }
    }

    private static void say(String line) {
        System.out.println(line);
    }
}
