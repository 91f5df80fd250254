package symphony.nlp;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.nlp.Example;
import symphony.api.nlp.SentenceEncoder;
import symphony.api.nlp.TrainingProgress;
import symphony.component.Excerpt;
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
     *
     * With an encoder there is a second model, by sentences: with n-grams or without, see FormChoice.
     */
    private static final Logger log = LoggerFactory.getLogger(ModelTrainer.class);

    private static final int TENTHS = 10;
    private static final int ENOUGH_HELD_OUT = 500;
    private static final int NEVER = -1;

    /** Of what an encoder says. */
    private static final int MOST_CHARS = 300;

    /** What encoding one sentence is, of the work of learning one intent. */
    private static final double ENCODING = 0.02;

    private static final Pattern BETWEEN_WORDS = Pattern.compile("(?<=\\p{Ll})(?=\\p{Lu})|[_.-]+");

    /** How long threads may take that are to end; they look after each pass over the examples. */
    private static final long END_SECONDS = 10;

    private final int threads;
    private final ThreadFactory factory;

    /** Of trainings that run; guarded by itself, as the flag. */
    private final Set<ExecutorService> running = new HashSet<>();

    private boolean stopped;

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

    /**
     * Trains with examples of two intents at least.
     *
     * @param encoder makes vectors of sentences; null for none
     */
    IntentModel train(
            List<Example> examples,
            List<Example> validation,
            SentenceEncoder encoder,
            long seed,
            TrainingProgress progress)
            throws InterruptedException {
        ExecutorService executor = Executors.newFixedThreadPool(threads, factory);
        begin(executor);
        try {
            return new Training(examples, validation, encoder, seed, progress, executor).run();
        } finally {
            end(executor);
        }
    }

    private void begin(ExecutorService executor) {
        synchronized (running) {
            if (stopped) {
                throw new CancellationException("no training begins any more");
            }
            running.add(executor);
        }
    }

    /** Whoever trains next has all threads. */
    private void end(ExecutorService executor) {
        executor.shutdownNow();
        synchronized (running) {
            running.remove(executor);
        }
        boolean interrupted = Thread.interrupted();
        try {
            if (!executor.awaitTermination(END_SECONDS, TimeUnit.SECONDS)) {
                log.debug("threads of a training go on after {} s", END_SECONDS);
            }
        } catch (InterruptedException e) {
            interrupted = true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Ends all trainings, and begins none any more: whoever waits for one has a {@link RuntimeException}. */
    void stop() {
        synchronized (running) {
            stopped = true;
            running.forEach(ModelTrainer::cancel);
        }
    }

    private static void cancel(ExecutorService executor) {
        for (Runnable waiting : executor.shutdownNow()) {
            if (waiting instanceof Future<?> future) {
                future.cancel(false); // else it is waited for, and never done
            }
        }
    }

    /** What a model may learn from. */
    private enum Form {
        GRAMS_AND_TOKENS("n-grams and tokens"),
        SENTENCES("sentences"),
        GRAMS_AND_SENTENCES("n-grams and sentences");

        /** With n-grams a sentence's vector is as long as the part of the characters; alone it does best a little shorter. */
        private static final float BESIDE_GRAMS = 1.4f;

        private static final float ALONE = 0.7f;

        private final String text;

        Form(String text) {
            this.text = text;
        }

        FeatureTable features(List<Reading> examples) {
            return this == SENTENCES
                    ? new FeatureTable(examples.size(), new int[0], new char[0])
                    : FeatureTable.counting(
                            examples.stream().map(Reading::grams).toList());
        }

        Meaning meaning(List<Reading> examples) {
            return this == GRAMS_AND_TOKENS
                    ? TokenMeans.counting(examples)
                    : EncodedMeans.counting(examples, this == SENTENCES ? ALONE : BESIDE_GRAMS);
        }

        boolean hasDistances() {
            return this != GRAMS_AND_TOKENS;
        }
    }

    /** What is learnt from: an example or a name. */
    private record Lesson(Reading reading, int intent, int tenth) {}

    /** A model, and what others of its form said to examples that they did not know; the same examples for each form. */
    private record Fitted(LinearModel model, List<HeldOut> heldOut) {}

    private static final class Training {
        private final List<String> intents;
        private final List<Lesson> lessons = new ArrayList<>();
        private final List<Lesson> validation;
        private final SentenceEncoder encoder;
        private final long seed;
        private final TrainingProgress progress;
        private final ExecutorService executor;
        private final int rounds;
        private final double work;
        private double done;

        Training(
                List<Example> examples,
                List<Example> validation,
                SentenceEncoder encoder,
                long seed,
                TrainingProgress progress,
                ExecutorService executor) {
            this.intents = List.copyOf(
                    new TreeSet<>(examples.stream().map(Example::intent).toList()));
            this.encoder = encoder;
            this.seed = seed;
            this.progress = progress;
            this.executor = executor;
            addLessons(examples);
            this.validation = validation.stream()
                    .map(example -> new Lesson(reading(example.utterance()), intent(example), NEVER))
                    .toList();
            boolean canHoldOut = lessons.stream().anyMatch(lesson -> lesson.tenth != NEVER);
            long heldOutAtOnce =
                    lessons.stream().filter(lesson -> lesson.tenth == 0).count(); // none where there are fewer than ten
            this.rounds = canHoldOut && validation.isEmpty()
                    ? (int) Math.min(TENTHS, (ENOUGH_HELD_OUT - 1) / Math.max(1, heldOutAtOnce) + 1)
                    : 0;
            double learning = (rounds + 1.0) * intents.size();
            this.work = encoder == null
                    ? learning
                    : Form.values().length * learning + ENCODING * (lessons.size() + validation.size());
        }

        private Reading reading(String utterance) {
            return new Reading(utterance, encoder);
        }

        private int intent(Example example) {
            return Collections.binarySearch(intents, example.intent());
        }

        private void addLessons(List<Example> examples) {
            int[] sizes = new int[intents.size()];
            for (Example example : examples) {
                sizes[intent(example)]++;
            }
            int[] next = new int[sizes.length]; // so that tenths are alike in size, also where intents are small
            for (int i = 0; i < next.length; i++) {
                next[i] = i;
            }
            for (int i : shuffled(examples.size(), new SplittableRandom(seed))) {
                int intent = intent(examples.get(i));
                int tenth = sizes[intent] == 1 ? NEVER : next[intent]++ % TENTHS;
                lessons.add(new Lesson(reading(examples.get(i).utterance()), intent, tenth));
            }
            for (int intent = 0; intent < intents.size(); intent++) {
                lessons.add(new Lesson(reading(words(intents.get(intent))), intent, NEVER));
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

        IntentModel run() throws InterruptedException {
            LinearModel plain = fitted(Form.GRAMS_AND_TOKENS).model;
            Optional<IntentModel.Encoded> encoded = Optional.empty();
            if (encoder != null && encode()) {
                Fitted alone = fitted(Form.SENTENCES);
                Fitted both = fitted(Form.GRAMS_AND_SENTENCES);
                boolean withGrams =
                        FormChoice.isWithGrams((double) lessons.size() / intents.size(), alone.heldOut, both.heldOut);
                encoded = Optional.of(new IntentModel.Encoded(encoder.id(), withGrams ? both.model : alone.model));
            }
            progress.at("done", 1);
            return new IntentModel(plain, encoded);
        }

        /**
         * What takes longest, on all threads. False if the encoder fails, which is anybody's service and may leave at any time: then
         * there is what was learnt without it.
         */
        private boolean encode() throws InterruptedException {
            var pending = new ArrayList<Future<float[]>>();
            for (Lesson lesson : lessons) {
                pending.add(executor.submit(lesson.reading::sentence));
            }
            for (Lesson lesson : validation) {
                pending.add(executor.submit(lesson.reading::sentence));
            }
            for (Future<float[]> each : pending) {
                try {
                    each.get();
                } catch (ExecutionException e) {
                    log.debug("cause", e);
                    log.warn(
                            "{}: a model is trained without sentence encoder {}, which failed: {}",
                            NlpSettings.PID,
                            encoder.id(),
                            Excerpt.of(e.getCause(), MOST_CHARS));
                    pending.forEach(other -> other.cancel(true));
                    return false;
                }
                done += ENCODING;
                progress.at("encoding sentences", done / work);
            }
            return true;
        }

        private Fitted fitted(Form form) throws InterruptedException {
            var heldOut = new ArrayList<HeldOut>();
            for (int round = 0; round < rounds; round++) {
                heldOut.addAll(withoutTenth(form, round));
            }
            LinearModel model = learn(form, lessons, "learning from " + form.text);
            for (Lesson lesson : validation) {
                heldOut.add(heldOut(model, lesson));
            }
            float accuracy = (float) heldOut.stream().filter(HeldOut::isRight).count() / heldOut.size();
            var calibrated = new LinearModel(
                    intents,
                    model.features(),
                    model.meaning(),
                    model.weights(),
                    calibration(form, heldOut, model.weights().largestBias()),
                    model.distances(),
                    accuracy);
            return new Fitted(calibrated, heldOut);
        }

        private static Calibration calibration(Form form, List<HeldOut> heldOut, float largestBias) {
            if (!form.hasDistances()) {
                return Calibration.of(heldOut, largestBias);
            }
            return heldOut.isEmpty()
                    ? new Calibration(Calibration.UNKNOWN.temperature(), Calibration.NEVER)
                    : Calibration.of(heldOut, Calibration.NEVER);
        }

        private List<HeldOut> withoutTenth(Form form, int tenth) throws InterruptedException {
            List<Lesson> others =
                    lessons.stream().filter(lesson -> lesson.tenth != tenth).toList();
            LinearModel model = learn(form, others, "learning from " + form.text + " without a tenth");
            return lessons.stream()
                    .filter(lesson -> lesson.tenth == tenth)
                    .map(lesson -> heldOut(model, lesson))
                    .toList();
        }

        private static HeldOut heldOut(LinearModel model, Lesson lesson) {
            UtteranceVector vector = model.vector(lesson.reading);
            float[] margins = model.weights().margins(vector);
            return new HeldOut(margins, model.score(vector, margins), lesson.intent);
        }

        private LinearModel learn(Form form, List<Lesson> from, String step) throws InterruptedException {
            List<Reading> readings = from.stream().map(Lesson::reading).toList();
            FeatureTable features = form.features(readings);
            Meaning meaning = form.meaning(readings);
            UtteranceVector[] vectors = readings.stream()
                    .map(reading -> LinearModel.vector(reading, features, meaning))
                    .toArray(UtteranceVector[]::new);
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
            Optional<Distances> distances = form.hasDistances()
                    ? Optional.of(Distances.of(
                            Arrays.stream(vectors).map(UtteranceVector::meaning).toArray(float[][]::new),
                            intentOf,
                            intents.size()))
                    : Optional.empty();
            return new LinearModel(
                    intents,
                    features,
                    meaning,
                    Weights.of(columns(pending, step), features.size()),
                    Calibration.UNKNOWN,
                    distances,
                    Float.NaN);
        }

        private List<Weights.Column> columns(List<Future<Weights.Column>> pending, String step)
                throws InterruptedException {
            var columns = new ArrayList<Weights.Column>();
            for (Future<Weights.Column> column : pending) {
                progress.at(step, done / work);
                done++;
                columns.add(result(column));
            }
            return columns;
        }

        private static <T> T result(Future<T> pending) throws InterruptedException {
            try {
                return pending.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException("learning failed: " + e.getCause(), e.getCause());
            }
        }
    }
}
