package symphony.nlp;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.regex.Pattern;
import symphony.api.nlp.Example;
import symphony.api.nlp.TrainingProgress;
import symphony.nlp.Calibration.HeldOut;

/**
 * Makes models of examples. The same examples in the same order and the same seed make the same model, on however many threads.
 * Thread-safe.
 */
final class ModelTrainer {
    /*
     * Where there are examples for validation, the model tells of them how margins become confidence and which are too small. Else
     * a tenth of the examples is held out, a model of the others tells that, and then the model itself learns from all. Of few examples one tenth after the other is held out, until there are enough of them.
     *
     * Each intent is learnt for itself, with random numbers of its own; so the order in which threads do that is all the same.
     *
     * Names of intents tell something, too: each is one more example, as if somebody had said it. With ten examples per intent that
     * is worth about one point.
     */
    private static final int TENTHS = 10;
    private static final int ENOUGH_HELD_OUT = 500;
    private static final int NEVER = -1;
    private static final Pattern BETWEEN_WORDS = Pattern.compile("(?<=\\p{Ll})(?=\\p{Lu})|[_.-]+");

    private final int threads;
    private final ThreadFactory factory;

    /**
     * Without threads yet; a training has its own.
     *
     * @param threads how many a training may have
     * @param factory makes them
     */
    ModelTrainer(int threads, ThreadFactory factory) {
        this.threads = threads;
        this.factory = factory;
    }

    /** Trains with examples of two intents at least. */
    LinearModel train(List<Example> examples, List<Example> validation, long seed, TrainingProgress progress)
            throws InterruptedException {
        ExecutorService executor = Executors.newFixedThreadPool(threads, factory);
        try {
            return new Training(examples, validation, seed, progress, executor).run();
        } finally {
            executor.shutdownNow();
        }
    }

    /** What is learnt from: an example or a name. */
    private record Lesson(int[] grams, int[] pieces, int intent, int tenth) {
        static Lesson of(String utterance, int intent, int tenth) {
            return new Lesson(NGrams.of(utterance), TokenTable.shared().pieces(utterance), intent, tenth);
        }

        UtteranceVector vector(FeatureTable features, TokenMeans tokens) {
            return new UtteranceVector(features.vector(grams), tokens.vector(pieces));
        }
    }

    private static final class Training {
        private final List<String> intents;
        private final List<Lesson> lessons = new ArrayList<>();
        private final List<Example> validation;
        private final long seed;
        private final TrainingProgress progress;
        private final ExecutorService executor;
        private final int rounds;
        private int columnsDone;

        Training(
                List<Example> examples,
                List<Example> validation,
                long seed,
                TrainingProgress progress,
                ExecutorService executor) {
            this.intents = List.copyOf(
                    new TreeSet<>(examples.stream().map(Example::intent).toList()));
            this.validation = validation;
            this.seed = seed;
            this.progress = progress;
            this.executor = executor;
            addLessons(examples);
            int heldOutAtOnce =
                    (int) lessons.stream().filter(lesson -> lesson.tenth == 0).count();
            this.rounds = heldOutAtOnce == 0 || !validation.isEmpty()
                    ? 0
                    : Math.min(TENTHS, (ENOUGH_HELD_OUT - 1) / heldOutAtOnce + 1);
        }

        private void addLessons(List<Example> examples) {
            int[] intentOf = new int[examples.size()];
            int[] sizes = new int[intents.size()];
            for (int i = 0; i < intentOf.length; i++) {
                intentOf[i] = Collections.binarySearch(intents, examples.get(i).intent());
                sizes[intentOf[i]]++;
            }
            int[] next = new int[sizes.length]; // so that tenths are alike in size, also where intents are small
            for (int i = 0; i < next.length; i++) {
                next[i] = i;
            }
            for (int i : shuffled(examples.size(), new SplittableRandom(seed))) {
                int intent = intentOf[i];
                int tenth = sizes[intent] == 1 ? NEVER : next[intent]++ % TENTHS;
                lessons.add(Lesson.of(examples.get(i).utterance(), intent, tenth));
            }
            for (int intent = 0; intent < intents.size(); intent++) {
                lessons.add(Lesson.of(words(intents.get(intent)), intent, NEVER));
            }
        }

        private static String words(String name) {
            return BETWEEN_WORDS.matcher(name).replaceAll(" ");
        }

        private static int[] shuffled(int count, SplittableRandom random) {
            int[] order = new int[count];
            for (int i = 0; i < count; i++) {
                int other = random.nextInt(i + 1);
                order[i] = order[other];
                order[other] = i;
            }
            return order;
        }

        LinearModel run() throws InterruptedException {
            var heldOut = new ArrayList<HeldOut>();
            for (int round = 0; round < rounds; round++) {
                heldOut.addAll(withoutTenth(round));
            }
            LinearModel model = learn(lessons, "learning from all");
            for (Example example : validation) {
                int intent = Collections.binarySearch(intents, example.intent());
                heldOut.add(heldOut(model, Lesson.of(example.utterance(), intent, NEVER)));
            }
            progress.at("done", 1);
            float accuracy = (float) heldOut.stream().filter(HeldOut::isRight).count() / heldOut.size();
            Calibration calibration = Calibration.of(heldOut, model.weights().largestBias());
            return new LinearModel(intents, model.features(), model.tokens(), model.weights(), calibration, accuracy);
        }

        private List<HeldOut> withoutTenth(int tenth) throws InterruptedException {
            LinearModel model = learn(
                    lessons.stream().filter(lesson -> lesson.tenth != tenth).toList(), "learning without a tenth");
            return lessons.stream()
                    .filter(lesson -> lesson.tenth == tenth)
                    .map(lesson -> heldOut(model, lesson))
                    .toList();
        }

        private static HeldOut heldOut(LinearModel model, Lesson lesson) {
            UtteranceVector vector = lesson.vector(model.features(), model.tokens());
            return new HeldOut(model.weights().margins(vector), lesson.intent);
        }

        private LinearModel learn(List<Lesson> from, String step) throws InterruptedException {
            FeatureTable features =
                    FeatureTable.counting(from.stream().map(Lesson::grams).toList());
            TokenMeans tokens =
                    TokenMeans.counting(from.stream().map(Lesson::pieces).toList());
            UtteranceVector[] vectors =
                    from.stream().map(lesson -> lesson.vector(features, tokens)).toArray(UtteranceVector[]::new);
            float[] squares = new float[vectors.length];
            for (int i = 0; i < squares.length; i++) {
                squares[i] = vectors[i].squaredLength();
            }
            int[] intentOf = from.stream().mapToInt(Lesson::intent).toArray();
            var pending = new ArrayList<Future<Weights.Column>>();
            var random = new SplittableRandom(seed);
            for (int intent = 0; intent < intents.size(); intent++) {
                var learner = new OneAgainstRest(vectors, squares, intentOf, intent, features.size(), random.split());
                pending.add(executor.submit(learner::learned));
            }
            return new LinearModel(
                    intents,
                    features,
                    tokens,
                    Weights.of(columns(pending, step), features.size()),
                    Calibration.UNKNOWN,
                    Float.NaN);
        }

        private List<Weights.Column> columns(List<Future<Weights.Column>> pending, String step)
                throws InterruptedException {
            var columns = new ArrayList<Weights.Column>();
            for (Future<Weights.Column> column : pending) {
                progress.at(step, (double) columnsDone++ / ((rounds + 1) * intents.size() + 1));
                try {
                    columns.add(column.get());
                } catch (ExecutionException e) {
                    throw new IllegalStateException("learning failed: " + e.getCause(), e.getCause());
                }
            }
            return columns;
        }
    }
}
