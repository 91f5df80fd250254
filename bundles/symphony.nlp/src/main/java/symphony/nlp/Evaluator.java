package symphony.nlp;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import symphony.api.nlp.Evaluation;
import symphony.api.nlp.Evaluation.Confusion;
import symphony.api.nlp.Example;
import symphony.api.nlp.IntentTally;
import symphony.api.nlp.Recognition;
import symphony.api.nlp.TrainingProgress;

/** Measures a recogniser by examples whose intents are known. One thread only. */
final class Evaluator {
    /*
     * Calibration error: the expected one over bins of equal width (Naeini et al., AAAI 2015), over the most confident intent of each
     * example.
     */
    private static final int BINS = 15;
    private static final int BETWEEN_REPORTS = 100;

    /** Given where no intent was found; no intent has this name. */
    private static final String NONE = "";

    private final Function<String, Recognition> recognizer;
    private final TrainingProgress progress;
    private final int all;
    private int done;

    private final Set<String> versions = new LinkedHashSet<>();
    private final Map<String, Tally> intents = new TreeMap<>();
    private final Map<String, Pair> pairs = new TreeMap<>();
    private final int[] rightInBin = new int[BINS];
    private final double[] confidenceInBin = new double[BINS];
    private int right;
    private int wronglyOut;
    private int rightlyOut;

    /** How one intent fared. */
    private static final class Tally {
        private int expected;
        private int given;
        private int right;

        IntentTally of(String intent) {
            return new IntentTally(intent, expected, given, right);
        }
    }

    private static final class Pair {
        private final String expected;
        private final String given;
        private final List<String> utterances = new ArrayList<>();
        private int count;

        Pair(String expected, String given) {
            this.expected = expected;
            this.given = given;
        }

        Confusion confusion() {
            return new Confusion(expected, given, count, utterances);
        }
    }

    private Evaluator(Function<String, Recognition> recognizer, TrainingProgress progress, int all) {
        this.recognizer = recognizer;
        this.progress = progress;
        this.all = all;
    }

    static Evaluation evaluate(
            Function<String, Recognition> recognizer,
            List<Example> examples,
            List<String> outOfScope,
            TrainingProgress progress)
            throws InterruptedException {
        var evaluator = new Evaluator(recognizer, progress, examples.size() + outOfScope.size());
        for (Example example : examples) {
            evaluator.count(example);
        }
        for (String utterance : outOfScope) {
            evaluator.countOutOfScope(utterance);
        }
        progress.at("done", 1);
        return evaluator.evaluation(examples.size(), outOfScope.size());
    }

    private Recognition recognized(String utterance) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (done % BETWEEN_REPORTS == 0) {
            progress.at("evaluating", (double) done / all);
        }
        done++;
        Recognition found = recognizer.apply(utterance);
        versions.add(found.version());
        return found;
    }

    private void count(Example example) throws InterruptedException {
        Recognition found = recognized(example.utterance());
        String given = found.intents().isEmpty() ? NONE : found.intents().get(0).name();
        double confidence =
                found.intents().isEmpty() ? 0 : found.intents().get(0).confidence();
        boolean isRight = given.equals(example.intent());
        tally(example.intent()).expected++;
        tally(given).given++;
        int bin = Math.min(BINS - 1, (int) (confidence * BINS));
        confidenceInBin[bin] += confidence;
        if (isRight) {
            right++;
            rightInBin[bin]++;
            tally(given).right++;
            wronglyOut += found.outOfScope() ? 1 : 0;
        } else {
            Pair pair =
                    pairs.computeIfAbsent(example.intent() + '\n' + given, key -> new Pair(example.intent(), given));
            pair.count++;
            if (pair.utterances.size() < Confusion.MOST_UTTERANCES) {
                pair.utterances.add(example.utterance());
            }
        }
    }

    private void countOutOfScope(String utterance) throws InterruptedException {
        rightlyOut += recognized(utterance).outOfScope() ? 1 : 0;
    }

    private Tally tally(String intent) {
        return intents.computeIfAbsent(intent, name -> new Tally());
    }

    private Evaluation evaluation(int examples, int outOfScope) {
        intents.remove(NONE);
        List<IntentTally> tallies = intents.entrySet().stream()
                .map(each -> each.getValue().of(each.getKey()))
                .toList();
        return new Evaluation(
                List.copyOf(versions),
                examples,
                (double) right / examples,
                tallies.stream()
                        .filter(tally -> tally.examples() > 0)
                        .mapToDouble(IntentTally::f1)
                        .average()
                        .orElse(0),
                calibrationError(examples),
                (double) wronglyOut / examples,
                outOfScope,
                outOfScope == 0 ? Double.NaN : (double) rightlyOut / outOfScope,
                tallies,
                pairs.values().stream()
                        .sorted(Comparator.comparingInt((Pair pair) -> pair.count)
                                .reversed())
                        .limit(Evaluation.MOST_CONFUSIONS)
                        .map(Pair::confusion)
                        .toList());
    }

    private double calibrationError(int examples) {
        double error = 0;
        for (int bin = 0; bin < BINS; bin++) {
            error += Math.abs(rightInBin[bin] - confidenceInBin[bin]) / examples;
        }
        return error;
    }
}
