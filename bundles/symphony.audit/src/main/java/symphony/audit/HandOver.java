package symphony.audit;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What the key before signs in a START record: that another one signs from there on.
 *
 * <pre>
 * "symphony audit hand-over 1" (ASCII), sequence (8), time in milliseconds of the epoch (8), hash of the record before (32), the next key's
 * public half (32)
 * </pre>
 *
 * @param sequence of the START record
 * @param timeMillis likewise
 * @param before hash of the record before it
 */
record HandOver(long sequence, long timeMillis, byte[] before, PublicKey next) implements Signable {
    private static final byte[] LABEL = "symphony audit hand-over 1".getBytes(StandardCharsets.US_ASCII);

    @Override
    public byte[] bytes() {
        return ByteBuffer.allocate(LABEL.length + 2 * Long.BYTES + before.length + PublicKey.BYTES)
                .put(LABEL)
                .putLong(sequence)
                .putLong(timeMillis)
                .put(before)
                .put(next.encoded())
                .array();
    }
}
