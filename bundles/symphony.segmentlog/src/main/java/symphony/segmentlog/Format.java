package symphony.segmentlog;

/**
 * Sizes and places in a segment file, all numbers big-endian.
 * <pre>
 * 0       header, see {@link SegmentHeader}
 * 4096    the same once more, in another sector
 * 8192    frames, each at a multiple of eight, with zeros between; behind the last one zeros
 * frame:  length (4; its highest bit marks the end of the segment), index (4; from 1, none left out), forced (4), check of what stands before (4),
 *         check of all (4), body (length)
 * </pre>
 * {@code forced} is an offset: all before it had been forced when this frame was written. Both checks are CRC-32C and begin with
 * salt, segment number, the frame's offset, length, index and forced, see {@link FrameCheck}. A sealed body is ciphertext and tag.
 */
final class Format {
    static final int VERSION = 1;
    static final int HEADER_BYTES = 68;
    static final int SECOND_HEADER_AT = 4096;
    static final int FRAMES_AT = 8192;
    static final int FRAME_HEADER_BYTES = 20;
    static final int ALIGNMENT = 8;
    static final int END = 1 << 31;
    static final int SALT_BYTES = 16;
    static final int TAG_BYTES = 16;

    /** Bytes of the frame that ends a segment; there is always room left for it. */
    static final int END_BYTES = frameBytes(0);

    private Format() {}

    /** With header and the zeros behind it. */
    static int frameBytes(int length) {
        return FRAME_HEADER_BYTES + length + ALIGNMENT - 1 & -ALIGNMENT;
    }

    /** The greatest length that a frame can have in a segment of this size. */
    static int maxLength(int segmentBytes) {
        return segmentBytes - FRAMES_AT - END_BYTES - FRAME_HEADER_BYTES;
    }
}
