package symphony.nlp;

/** What is done with vectors. */
final class Vectors {
    private static final int AT_ONCE = 4;

    private Vectors() {}

    /** The inner product of the first elements; four sums at once, which do not wait for each other. */
    static float product(float[] one, float[] other, int length) {
        float a = 0;
        float b = 0;
        float c = 0;
        float d = 0;
        int i = 0;
        for (; i + AT_ONCE <= length; i += AT_ONCE) {
            a += one[i] * other[i];
            b += one[i + 1] * other[i + 1];
            c += one[i + 2] * other[i + 2];
            d += one[i + 3] * other[i + 3];
        }
        for (; i < length; i++) {
            a += one[i] * other[i];
        }
        return a + b + (c + d);
    }

    static float product(float[] one, float[] other) {
        return product(one, other, one.length);
    }

    /** Makes a vector as long as is said; one of zeros stays as it is. */
    static void scale(float[] vector, float length) {
        float squares = product(vector, vector);
        if (squares > 0) {
            float factor = (float) (length / Math.sqrt(squares));
            for (int i = 0; i < vector.length; i++) {
                vector[i] *= factor;
            }
        }
    }
}
