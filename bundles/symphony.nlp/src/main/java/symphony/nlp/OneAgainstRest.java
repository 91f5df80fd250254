package symphony.nlp;

import java.util.SplittableRandom;

/**
 * Learns to tell the examples of one intent from all others: a linear support vector machine with squared hinge loss, by dual
 * coordinate descent with shrinking (Hsieh, Chang, Lin, Keerthi, Sundararajan: A Dual Coordinate Descent Method for Large-scale
 * Linear SVM, ICML 2008, algorithm 3). One thread only.
 */
final class OneAgainstRest {
    /*
     * As in the paper, but for the end: it is reached as soon as no projected gradient is further from 0 than EPSILON, or after
     * PASSES; more precision changes no decision. The constant feature, whose weight is the bias, is kept apart.
     */
    private static final float COST = 1;
    private static final float DIAGONAL = 1 / (2 * COST);
    private static final double EPSILON = 0.1;
    private static final double ZERO = 1e-6;
    private static final int PASSES = 30;

    private final UtteranceVector[] examples;
    private final float[] squares;
    private final int[] intents;
    private final int intent;
    private final int features;
    private final SplittableRandom random;

    private float[] weights = {};
    private float[] ofMeaning = {};
    private float[] alphas = {};
    private int[] order = {};
    private float bias;
    private int active;

    // The largest and smallest projected gradient of this pass, and above which one an example is put aside.
    private double largest;
    private double smallest;
    private double aside = Double.POSITIVE_INFINITY;

    /**
     * Before it has learnt.
     *
     * @param examples all
     * @param squares their squared lengths
     * @param intents theirs
     * @param intent whose examples to tell from the others
     * @param features how many n-grams there are
     * @param random for the order of the examples
     */
    OneAgainstRest(
            UtteranceVector[] examples,
            float[] squares,
            int[] intents,
            int intent,
            int features,
            SplittableRandom random) {
        this.examples = examples;
        this.squares = squares;
        this.intents = intents;
        this.intent = intent;
        this.features = features;
        this.random = random;
    }

    /** Learns, and makes it small. Once only; with its memory taken now. */
    Weights.Column learned() throws InterruptedException {
        weights = new float[features];
        ofMeaning = new float[examples[0].meaning().length];
        alphas = new float[examples.length];
        order = new int[examples.length];
        for (int i = 0; i < order.length; i++) {
            order[i] = i;
        }
        active = order.length;
        learn();
        return Weights.Column.of(weights, ofMeaning, bias);
    }

    private void learn() throws InterruptedException {
        for (int pass = 0; pass < PASSES; pass++) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            shuffle();
            pass();
            if (largest - smallest > EPSILON) {
                aside = largest > 0 ? largest : Double.POSITIVE_INFINITY;
            } else if (active < order.length) {
                active = order.length; // those put aside may no longer belong there
                aside = Double.POSITIVE_INFINITY;
            } else {
                return;
            }
        }
    }

    private void shuffle() {
        for (int i = 0; i < active; i++) {
            swap(i, i + random.nextInt(active - i));
        }
    }

    private void swap(int i, int j) {
        int kept = order[i];
        order[i] = order[j];
        order[j] = kept;
    }

    private void pass() {
        largest = Double.NEGATIVE_INFINITY;
        smallest = Double.POSITIVE_INFINITY;
        int i = 0;
        while (i < active) {
            if (learn(order[i])) {
                i++;
            } else {
                active--;
                swap(i, active);
            }
        }
    }

    /** False if the example is to be put aside. */
    private boolean learn(int i) {
        UtteranceVector example = examples[i];
        float sign = intents[i] == intent ? 1 : -1;
        float gradient = sign * (example.dot(weights, ofMeaning) + bias) - 1 + alphas[i] * DIAGONAL;
        double projected = gradient;
        if (alphas[i] == 0) {
            if (gradient > aside) {
                return false;
            }
            projected = Math.min(gradient, 0);
        }
        largest = Math.max(largest, projected);
        smallest = Math.min(smallest, projected);
        if (Math.abs(projected) > ZERO) {
            float before = alphas[i];
            alphas[i] = Math.max(before - gradient / (squares[i] + 1 + DIAGONAL), 0);
            float step = (alphas[i] - before) * sign;
            example.addTo(weights, ofMeaning, step);
            bias += step;
        }
        return true;
    }
}
