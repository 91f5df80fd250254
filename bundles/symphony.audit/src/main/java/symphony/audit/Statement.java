package symphony.audit;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What is signed: that at some time the trail's record with some sequence had some hash.
 *
 * <pre>
 * "symphony audit checkpoint 1" (ASCII), sequence (8), time in milliseconds of the epoch (8), hash (32)
 * </pre>
 *
 * A CHECKPOINT record makes it of the record before it, with its own time; what goes to the side file and to anchors makes it of the
 * CHECKPOINT record, so that this one cannot be cut off unseen either.
 */
record Statement(long sequence, long timeMillis, byte[] hash) implements Signable {
    private static final byte[] LABEL = "symphony audit checkpoint 1".getBytes(StandardCharsets.US_ASCII);

    @Override
    public byte[] bytes() {
        return ByteBuffer.allocate(LABEL.length + 2 * Long.BYTES + hash.length)
                .put(LABEL)
                .putLong(sequence)
                .putLong(timeMillis)
                .put(hash)
                .array();
    }
}
