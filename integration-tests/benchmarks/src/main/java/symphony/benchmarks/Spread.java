package symphony.benchmarks;

import java.util.Arrays;

/**
 * What several rounds gave for one figure.
 *
 * @param median of an even number of rounds, the mean of the two in the middle
 * @param min the least
 * @param max the most
 */
record Spread(double median, double min, double max) {
    static Spread of(double... values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("no value, so no median");
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int half = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
        return new Spread(median, sorted[0], sorted[sorted.length - 1]);
    }
}
