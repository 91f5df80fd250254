package symphony.segmentlog;

import java.util.Optional;

/** How a log is opened. Immutable. */
public final class SegmentLogOptions {
    /** The least that a segment may have. */
    public static final int MIN_SEGMENT_BYTES = 16 << 10;
    /** The most. */
    public static final int MAX_SEGMENT_BYTES = 1 << 30;
    /** The least that may be allowed to wait. */
    public static final int MIN_WAITING_BYTES = 1 << 10;
    /** The most. */
    public static final int MAX_WAITING_BYTES = 1 << 29;

    private static final SegmentLogOptions DEFAULTS =
            new SegmentLogOptions(16 << 20, 4 << 20, MAX_SEGMENT_BYTES, Optional.empty());

    private final int segmentBytes;
    private final int waitingBytes;
    private final int bodyBytes;
    private final Optional<SegmentKeys> keys;

    private SegmentLogOptions(int segmentBytes, int waitingBytes, int bodyBytes, Optional<SegmentKeys> keys) {
        this.segmentBytes = segmentBytes;
        this.waitingBytes = waitingBytes;
        this.bodyBytes = bodyBytes;
        this.keys = keys;
    }

    /**
     * Segments of 16 MiB, 4 MiB that wait, any body that has place in a segment, not sealed.
     *
     * @return what the others are made from
     */
    public static SegmentLogOptions defaults() {
        return DEFAULTS;
    }

    /**
     * How great new segments become. A frame lies in one segment, so this bounds bodies, too:
     * {@link SegmentLog#maxBodyBytes}.
     *
     * @param bytes {@value #MIN_SEGMENT_BYTES} to {@value #MAX_SEGMENT_BYTES}, rounded down to a multiple of eight
     * @return the same with this size
     * @throws IllegalArgumentException if it is out of range
     */
    public SegmentLogOptions withSegmentBytes(int bytes) {
        return new SegmentLogOptions(
                inRange("segmentBytes", bytes, MIN_SEGMENT_BYTES, MAX_SEGMENT_BYTES) & -Format.ALIGNMENT,
                waitingBytes,
                bodyBytes,
                keys);
    }

    /**
     * How many bytes may wait to be written and forced, those that are just being written among them: each body counts with
     * its length and 128 more. A greater body is accepted when nothing else waits.
     *
     * @param bytes {@value #MIN_WAITING_BYTES} to {@value #MAX_WAITING_BYTES}
     * @return the same with this bound
     * @throws IllegalArgumentException if it is out of range
     */
    public SegmentLogOptions withWaitingBytes(int bytes) {
        return new SegmentLogOptions(
                segmentBytes, inRange("waitingBytes", bytes, MIN_WAITING_BYTES, MAX_WAITING_BYTES), bodyBytes, keys);
    }

    /**
     * Bounds bodies, where the log is written and where it is read: a frame with a greater one is no whole frame, whatever its
     * checks say. So nobody who can write the files makes a reader take more memory than that for one frame.
     *
     * @param bytes 1 to {@value #MAX_SEGMENT_BYTES}
     * @return the same with this bound
     * @throws IllegalArgumentException if it is out of range
     */
    public SegmentLogOptions withBodyBytes(int bytes) {
        return new SegmentLogOptions(
                segmentBytes, waitingBytes, inRange("bodyBytes", bytes, 1, MAX_SEGMENT_BYTES), keys);
    }

    /**
     * Seals each frame with AES-256-GCM. A log is sealed or it is not: with keys, no frame of a segment without a seal is
     * handed out.
     *
     * @param segmentKeys where keys come from
     * @return the same with this seal
     */
    public SegmentLogOptions withKeys(SegmentKeys segmentKeys) {
        return new SegmentLogOptions(segmentBytes, waitingBytes, bodyBytes, Optional.of(segmentKeys));
    }

    int segmentBytes() {
        return segmentBytes;
    }

    int waitingBytes() {
        return waitingBytes;
    }

    /** The greatest body of a new frame. */
    int maxBodyBytes() {
        return Math.min(bodyBytes, Format.maxLength(segmentBytes) - sealBytes());
    }

    /** The greatest body of any frame, as it is stored. */
    int maxStoredBytes() {
        return bodyBytes + sealBytes();
    }

    private int sealBytes() {
        return keys.isPresent() ? Format.TAG_BYTES : 0;
    }

    Optional<SegmentKeys> keys() {
        return keys;
    }

    private static int inRange(String name, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " is " + value + ", must be " + min + " to " + max);
        }
        return value;
    }
}
