package symphony.shell;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import symphony.api.nlp.Evaluation;
import symphony.api.nlp.Evaluation.Confusion;
import symphony.api.nlp.Example;
import symphony.api.nlp.ExampleSet;
import symphony.api.nlp.IntentRecognizer;
import symphony.api.nlp.IntentTally;
import symphony.api.nlp.IntentTrainer;
import symphony.api.nlp.ModelException;
import symphony.api.nlp.ModelStore;
import symphony.api.nlp.ModelVersion;
import symphony.api.nlp.NlpOperations;
import symphony.api.nlp.OperationLimits;
import symphony.api.nlp.RankedIntent;
import symphony.api.nlp.Recognition;
import symphony.api.nlp.TrainedModel;
import symphony.api.nlp.TrainingDataException;
import symphony.api.nlp.TrainingFormat;
import symphony.api.nlp.TrainingProgress;
import symphony.api.rbac.Permission;
import symphony.api.rbac.SecurityContext;

/** Learns nothing, keeps all versions, and takes what has a word of an intent's name for that intent. */
final class FakeNlp implements IntentTrainer, ModelStore {
    static final String HASH = "0123456789abcdef".repeat(4);

    final Map<String, List<ModelVersion>> versions = new TreeMap<>();
    final Map<String, Deque<Integer>> active = new TreeMap<>();
    final List<String> calls = new ArrayList<>();
    /** Runs while something is trained or evaluated. */
    Callable<?> meanwhile = () -> null;

    Evaluation evaluation = new Evaluation(
            List.of("1"),
            4,
            0.75,
            0.7333,
            0.05,
            0.25,
            0,
            Double.NaN,
            List.of(new IntentTally("light_off", 1, 2, 1), new IntentTally("light_on", 3, 2, 2)),
            List.of(new Confusion("light_on", "light_off", 1, List.of("make it <b>dark</b>\u001b[2J"))));
    RuntimeException failure;

    @Override
    public ExampleSet read(String name, TrainingFormat format, InputStream in) throws IOException {
        var examples = new ArrayList<Example>();
        String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        for (String line : text.lines().toList()) {
            String[] columns = line.split("\t", -1);
            if (columns.length != 2) {
                throw new TrainingDataException(name, examples.size() + 1L, "it has " + columns.length + " columns");
            }
            examples.add(new Example(columns[0], columns[1]));
        }
        return new ExampleSet(examples, List.of("read as " + format));
    }

    @Override
    public TrainedModel train(
            String model, List<Example> examples, List<Example> validation, long seed, TrainingProgress progress)
            throws InterruptedException {
        progress.at("learning", 0.5);
        work();
        calls.add("train " + model + " " + examples.size() + " " + validation.size() + " " + seed);
        List<ModelVersion> known = versions.computeIfAbsent(model, name -> new ArrayList<>());
        var version = version(model, known.size() + 1, examples.size());
        known.add(version);
        return new TrainedModel(version, List.of("few examples"), 0.9, Duration.ofMillis(1500));
    }

    private static ModelVersion version(String model, int number, int examples) {
        return new ModelVersion(model, number, HASH, Rig.NOW, 2, examples, 4096, false);
    }

    private void work() throws InterruptedException {
        try {
            meanwhile.call();
        } catch (InterruptedException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public Evaluation evaluate(String model, List<Example> examples, List<String> outOfScope, TrainingProgress progress)
            throws InterruptedException {
        progress.at("evaluating", 0.5);
        work();
        calls.add("evaluate " + model + " " + examples.size() + " " + outOfScope);
        return evaluation;
    }

    @Override
    public List<ModelVersion> models() {
        return versions.values().stream()
                .flatMap(List::stream)
                .map(this::seen)
                .sorted(Comparator.comparing(ModelVersion::model).thenComparing(ModelVersion::version))
                .toList();
    }

    private ModelVersion seen(ModelVersion stored) {
        boolean isActive = active.getOrDefault(stored.model(), new ArrayDeque<>()).stream()
                .limit(1)
                .anyMatch(version -> version == stored.version());
        return new ModelVersion(
                stored.model(),
                stored.version(),
                stored.hash(),
                stored.created(),
                stored.intents(),
                stored.examples(),
                stored.bytes(),
                isActive);
    }

    private ModelVersion find(String model, int version) {
        return versions.getOrDefault(model, List.of()).stream()
                .filter(each -> each.version() == version)
                .findFirst()
                .orElseThrow(() -> new ModelException("model " + model + " has no version " + version));
    }

    @Override
    public ModelVersion activate(String model, int version) {
        if (failure != null) {
            throw failure;
        }
        ModelVersion found = find(model, version);
        active.computeIfAbsent(model, name -> new ArrayDeque<>()).push(version);
        return seen(found);
    }

    @Override
    public ModelVersion rollback(String model) {
        Deque<Integer> before = active.getOrDefault(model, new ArrayDeque<>());
        if (before.size() < 2) {
            throw new ModelException("no version of model " + model + " was active before");
        }
        before.pop();
        return seen(find(model, before.peek()));
    }

    @Override
    public void delete(String model, int version) {
        versions.get(find(model, version).model()).removeIf(each -> each.version() == version);
    }

    @Override
    public void export(String model, int version, OutputStream to) throws IOException {
        to.write(("model " + find(model, version).hash()).getBytes(StandardCharsets.UTF_8));
        if (failure != null) {
            throw failure;
        }
    }

    /** Of two models the recogniser that is called {@code name}. */
    Recognizers.Source source(String model, String name) {
        return new Recognizers.Source() {
            @Override
            public String model() {
                return model;
            }

            @Override
            public IntentRecognizer get() {
                calls.add("get " + name);
                return name.equals("gone") ? null : new Words(model, name);
            }

            @Override
            public void unget() {
                calls.add("unget " + name);
            }
        };
    }

    /** A place in the order of services. */
    record Ranking(int ranking) implements Comparable<Object> {
        @Override
        public int compareTo(Object other) {
            return Integer.compare(ranking, ((Ranking) other).ranking);
        }
    }

    private final class Words extends IntentRecognizer {
        private final String version;

        Words(String model, String version) {
            super(new Operations(), model);
            this.version = version;
        }

        @Override
        protected Recognition classify(String utterance) {
            if (failure != null) {
                throw failure;
            }
            boolean known = utterance.contains("light");
            return new Recognition(
                    List.of(new RankedIntent("light_on", known ? 0.875 : 0.25), new RankedIntent("light_off", 0.125)),
                    !known,
                    version);
        }
    }

    private final class Operations implements NlpOperations {
        @Override
        public <T> T run(Permission permission, String input, OperationLimits limits, Callable<? extends T> work)
                throws Exception {
            if (input.length() > 100) {
                throw new IllegalArgumentException(permission + ": its input has " + input.length() + " characters");
            }
            SecurityContext context = SecurityContext.current();
            calls.add(permission + " '" + input + "' by " + context.principal().orElse("nobody")
                    + context.user().map(user -> " for " + user).orElse(""));
            return work.call();
        }
    }
}
