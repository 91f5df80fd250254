package symphony.nlp;

/**
 * How far an utterance is from what the examples mean: its Mahalanobis distance to the nearest intent's mean, by the covariance within
 * intents, less that to the mean of all, by the covariance of all (Ren, Fort, Liu, Roy, Padhy, Lakshminarayanan: A Simple Fix to
 * Mahalanobis Distance for Improving Near-OOD Detection, 2021). Immutable.
 */
final class Distances {
    /*
     * With the covariance L Lᵀ the distance of x to m is the length of L⁻¹(x − m). L⁻¹ is triangular, half of it is kept, and means
     * are kept as L⁻¹m. A part of the mean variance is added in each direction, so that few examples do for many dimensions.
     */
    private static final double SHRINKAGE = 0.02;
    private static final double LEAST_VARIANCE = 1e-9;

    private final Rows within;
    private final Rows means;
    private final Rows all;
    private final Rows mean;

    /**
     * Of what was computed or read.
     *
     * @param within triangular
     * @param means of the intents, by {@code within}
     * @param all triangular
     * @param mean of all, by {@code all}; one row
     */
    Distances(Rows within, Rows means, Rows all, Rows mean) {
        this.within = within;
        this.means = means;
        this.all = all;
        this.mean = mean;
    }

    /** Of the vectors of examples, and their intents, of each of which there is one at least. */
    static Distances of(float[][] vectors, int[] intentOf, int intents) throws InterruptedException {
        int dimensions = vectors[0].length;
        double[][] means = new double[intents][dimensions];
        double[] mean = new double[dimensions];
        int[] sizes = new int[intents];
        for (int row = 0; row < vectors.length; row++) {
            sizes[intentOf[row]]++;
            for (int i = 0; i < dimensions; i++) {
                means[intentOf[row]][i] += vectors[row][i];
                mean[i] += vectors[row][i];
            }
        }
        for (int i = 0; i < dimensions; i++) {
            mean[i] /= vectors.length;
            for (int intent = 0; intent < intents; intent++) {
                means[intent][i] /= sizes[intent];
            }
        }
        double[][] eachIts = new double[vectors.length][];
        double[][] eachTheSame = new double[vectors.length][];
        for (int row = 0; row < vectors.length; row++) {
            eachIts[row] = means[intentOf[row]];
            eachTheSame[row] = mean;
        }
        Rows within = whitening(vectors, eachIts);
        Rows all = whitening(vectors, eachTheSame);
        return new Distances(within, projected(within, means), all, projected(all, new double[][] {mean}));
    }

    private static Rows projected(Rows by, double[][] means) {
        double[][] projected = new double[means.length][];
        for (int row = 0; row < means.length; row++) {
            float[] mean = new float[means[row].length];
            for (int i = 0; i < mean.length; i++) {
                mean[i] = (float) means[row][i];
            }
            float[] product = by.times(mean);
            projected[row] = new double[product.length];
            for (int i = 0; i < product.length; i++) {
                projected[row][i] = product[i];
            }
        }
        return Rows.of(projected);
    }

    /** L⁻¹ of the covariance around some means. */
    private static Rows whitening(float[][] vectors, double[][] around) throws InterruptedException {
        int n = vectors[0].length;
        double[][] covariance = new double[n][n];
        double[] difference = new double[n];
        for (int row = 0; row < vectors.length; row++) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            for (int i = 0; i < n; i++) {
                difference[i] = vectors[row][i] - around[row][i];
            }
            for (int i = 0; i < n; i++) {
                double factor = difference[i] / vectors.length;
                for (int j = 0; j <= i; j++) {
                    covariance[i][j] += factor * difference[j];
                }
            }
        }
        double trace = 0;
        for (int i = 0; i < n; i++) {
            trace += covariance[i][i];
        }
        double added = Math.max(SHRINKAGE * trace / n, LEAST_VARIANCE);
        for (int i = 0; i < n; i++) {
            covariance[i][i] += added;
        }
        return Rows.of(inverse(cholesky(covariance)));
    }

    /** L, in the place of the lower half of a symmetric matrix that is positive definite. */
    private static double[][] cholesky(double[][] matrix) {
        for (int i = 0; i < matrix.length; i++) {
            for (int j = 0; j <= i; j++) {
                double sum = matrix[i][j];
                for (int k = 0; k < j; k++) {
                    sum -= matrix[i][k] * matrix[j][k];
                }
                matrix[i][j] = i == j ? Math.sqrt(sum) : sum / matrix[j][j];
            }
        }
        return matrix;
    }

    /** Of a lower triangular matrix; each row ends at the diagonal. */
    private static double[][] inverse(double[][] lower) {
        double[][] inverse = new double[lower.length][];
        for (int i = 0; i < lower.length; i++) {
            inverse[i] = new double[i + 1];
            inverse[i][i] = 1 / lower[i][i];
            for (int j = 0; j < i; j++) {
                double sum = 0;
                for (int k = j; k < i; k++) {
                    sum += lower[i][k] * inverse[k][j];
                }
                inverse[i][j] = -sum / lower[i][i];
            }
        }
        return inverse;
    }

    Rows within() {
        return within;
    }

    Rows means() {
        return means;
    }

    Rows all() {
        return all;
    }

    Rows mean() {
        return mean;
    }

    /** The nearer to what the examples mean, the larger. */
    float score(float[] vector) {
        float[] inside = within.times(vector);
        float nearest = Float.POSITIVE_INFINITY;
        for (int intent = 0; intent < means.size(); intent++) {
            nearest = Math.min(nearest, squaredDistance(inside, means.row(intent)));
        }
        return squaredDistance(all.times(vector), mean.row(0)) - nearest;
    }

    private static float squaredDistance(float[] one, float[] other) {
        float sum = 0;
        for (int i = 0; i < one.length; i++) {
            float difference = one[i] - other[i];
            sum += difference * difference;
        }
        return sum;
    }
}
