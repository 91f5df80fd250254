package symphony.nlp;

/** A matrix by rows, which may differ in length: whole numbers of 16 bits, times a scale of the row. Immutable. */
final class Rows {
    private final float[] scales;
    private final float[][] products;

    /** Of what was read; the scales are not copied. */
    Rows(float[] scales, short[][] values) {
        this.scales = scales;
        this.products = new float[values.length][];
        for (int row = 0; row < values.length; row++) {
            products[row] = new float[values[row].length];
            for (int i = 0; i < products[row].length; i++) {
                products[row][i] = values[row][i] * scales[row];
            }
        }
    }

    /** Rounds. */
    static Rows of(double[][] rows) {
        float[] scales = new float[rows.length];
        short[][] values = new short[rows.length][];
        for (int row = 0; row < rows.length; row++) {
            double largest = 0;
            for (double element : rows[row]) {
                largest = Math.max(largest, Math.abs(element));
            }
            scales[row] = largest == 0 ? 1 : (float) (largest / Short.MAX_VALUE);
            values[row] = new short[rows[row].length];
            for (int i = 0; i < values[row].length; i++) {
                long value = Math.round(rows[row][i] / scales[row]);
                values[row][i] = (short) Math.max(-Short.MAX_VALUE, Math.min(Short.MAX_VALUE, value));
            }
        }
        return new Rows(scales, values);
    }

    int size() {
        return scales.length;
    }

    int length(int row) {
        return products[row].length;
    }

    float scale(int row) {
        return scales[row];
    }

    /** Exactly the number that the product was made of. */
    short value(int row, int at) {
        return (short) Math.round(products[row][at] / scales[row]);
    }

    float[] row(int row) {
        return products[row];
    }

    /** Each row times as many of the vector's first elements as it has. */
    float[] times(float[] vector) {
        float[] result = new float[products.length];
        for (int row = 0; row < result.length; row++) {
            result[row] = Vectors.product(products[row], vector, products[row].length);
        }
        return result;
    }
}
