package symphony.audit;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What is signed: that at some time the trail's record with some sequence had some hash.
 *
 * <pre>
 * label (ASCII), sequence (8), time in milliseconds of the epoch (8), hash (32)
 * </pre>
 *
 * A CHECKPOINT record makes it of the record before it, with its own time, by the label "symphony audit checkpoint 1"; what goes to the side
 * file and to anchors makes it of the CHECKPOINT record, so that this one cannot be cut off unseen either, by the label "symphony audit
 * anchor 1", so that neither can be made from the other.
 */
record Statement(long sequence, long timeMillis, byte[] hash) implements Signable {
    private static final byte[] INSIDE = "symphony audit checkpoint 1".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] OUTSIDE = "symphony audit anchor 1".getBytes(StandardCharsets.US_ASCII);

    @Override
    public byte[] bytes() {
        return bytes(INSIDE);
    }

    /** The same for outside of the trail. */
    Signable outside() {
        return () -> bytes(OUTSIDE);
    }

    private byte[] bytes(byte[] label) {
        return ByteBuffer.allocate(label.length + 2 * Long.BYTES + hash.length)
                .put(label)
                .putLong(sequence)
                .putLong(timeMillis)
                .put(hash)
                .array();
    }
}
