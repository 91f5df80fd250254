package symphony.codec;

/**
 * Bounds of what is encoded. What is decoded was within the bounds of its day and stays readable, so a lower bound loses no
 * event that waits; decoding is bounded by {@link #MOST_DEPTH} and by the length of its input.
 *
 * @param payloadBytes most bytes of one event's encoded data, {@value #LEAST_BYTES} to {@value #MOST_BYTES}
 * @param depth most maps and lists within each other, the outermost map counted, 1 to {@value #MOST_DEPTH}
 */
public record CodecLimits(int payloadBytes, int depth) {
    /** Key of the most bytes. */
    public static final String PAYLOAD_KEY = "payload.max.bytes";

    /** Key of the most levels. */
    public static final String DEPTH_KEY = "depth.max";

    /** Smallest value of {@link #payloadBytes}. */
    public static final int LEAST_BYTES = 1 << 10;

    /** Largest value of {@link #payloadBytes}. */
    public static final int MOST_BYTES = 64 << 20;

    /** Largest value of {@link #depth}. */
    public static final int MOST_DEPTH = 256;

    /** 1 MiB, 64 levels. */
    public static final CodecLimits DEFAULT = new CodecLimits(1 << 20, 64);

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if one is left
     */
    public CodecLimits {
        check(PAYLOAD_KEY, payloadBytes, LEAST_BYTES, MOST_BYTES);
        check(DEPTH_KEY, depth, 1, MOST_DEPTH);
    }

    private static void check(String key, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(key + " is " + value + ", must be " + least + " to " + most);
        }
    }
}
