package symphony.nlp;

import java.util.Arrays;
import java.util.List;

/**
 * How margins become confidence, and which ones are too small: learnt from examples that were held out.
 *
 * @param temperature what margins are divided by, before the softmax (Guo et al.: On Calibration of Modern Neural Networks, ICML
 *     2017)
 * @param threshold an utterance whose score, as its largest margin, is below it is out of scope
 */
record Calibration(float temperature, float threshold) {
    /** Where there is nothing to learn it from. */
    static final Calibration UNKNOWN = new Calibration(0.3f, -0.6f);

    /** A threshold that takes nothing for out of scope. */
    static final float NEVER = -1e6f;

    /** How many of the examples may be lost for being taken for out of scope. */
    private static final double LOSS = 0.025;

    private static final double COLDEST = 0.02;
    private static final double HOTTEST = 5;
    private static final int STEPS = 40;
    private static final double GOLDEN = (StrictMath.sqrt(5) - 1) / 2;

    /**
     * An example that was held out.
     *
     * @param margins of each intent
     * @param score how sure it is that it is in scope
     * @param intent the right one
     */
    record HeldOut(float[] margins, float score, int intent) {
        boolean isRight() {
            return best() == intent;
        }

        int best() {
            int best = 0;
            for (int i = 1; i < margins.length; i++) {
                if (margins[i] > margins[best]) {
                    best = i;
                }
            }
            return best;
        }
    }

    /**
     * Learns it.
     *
     * @param heldOut may be empty
     * @param ofNothing score of an utterance that nothing is known of; the threshold is no lower
     * @return what was learnt
     */
    static Calibration of(List<HeldOut> heldOut, float ofNothing) {
        return heldOut.isEmpty()
                ? UNKNOWN
                : new Calibration(temperature(heldOut), Math.max(threshold(heldOut), ofNothing));
    }

    /** Whether its threshold is one for want of anything held out. */
    boolean isOfNothing() {
        return threshold <= NEVER;
    }

    /** The one with the least negative log likelihood, by golden-section search over its logarithm. */
    private static float temperature(List<HeldOut> heldOut) {
        double low = StrictMath.log(COLDEST);
        double high = StrictMath.log(HOTTEST);
        for (int i = 0; i < STEPS; i++) {
            double left = high - GOLDEN * (high - low);
            double right = low + GOLDEN * (high - low);
            if (loss(heldOut, StrictMath.exp(left)) < loss(heldOut, StrictMath.exp(right))) {
                high = right;
            } else {
                low = left;
            }
        }
        return (float) StrictMath.exp((low + high) / 2);
    }

    private static double loss(List<HeldOut> heldOut, double temperature) {
        double loss = 0;
        for (HeldOut example : heldOut) {
            float best = example.margins[example.best()];
            double sum = 0;
            for (float margin : example.margins) {
                sum += StrictMath.exp((margin - best) / temperature);
            }
            loss += StrictMath.log(sum) - (example.margins[example.intent] - best) / temperature;
        }
        return loss;
    }

    private static float threshold(List<HeldOut> heldOut) {
        double[] right = heldOut.stream()
                .filter(HeldOut::isRight)
                .mapToDouble(HeldOut::score)
                .sorted()
                .toArray();
        if (right.length == 0) {
            return UNKNOWN.threshold;
        }
        return (float) right[Math.min((int) (LOSS * heldOut.size()), right.length - 1)];
    }

    double[] confidences(float[] margins) {
        double[] confidences = new double[margins.length];
        double largest = Double.NEGATIVE_INFINITY;
        for (float margin : margins) {
            largest = Math.max(largest, margin);
        }
        for (int i = 0; i < margins.length; i++) {
            confidences[i] = Math.exp((margins[i] - largest) / temperature);
        }
        double sum = Arrays.stream(confidences).sum();
        for (int i = 0; i < margins.length; i++) {
            confidences[i] /= sum;
        }
        return confidences;
    }
}
