package symphony.segmentlog;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The two checks of a frame: CRC-32C over where it belongs and what its header says, and the same continued over its body. So
 * bytes of another segment, another place or another time, recycled or never overwritten, are no frame. One thread only.
 */
final class FrameCheck {
    private static final int FRAME_AT = Format.SALT_BYTES + Long.BYTES;

    private final CRC32C crc = new CRC32C();
    private final byte[] bytes = new byte[FRAME_AT + 4 * Integer.BYTES];
    private final ByteBuffer fields = ByteBuffer.wrap(bytes);

    FrameCheck(SegmentHeader header) {
        fields.put(header.salt()).putLong(header.number());
    }

    int ofHeader(int offset, int length, int index, int forced) {
        fields.position(FRAME_AT);
        fields.putInt(offset).putInt(length).putInt(index).putInt(forced);
        crc.reset();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    /** Of the frame whose header was checked last. */
    int ofAll(byte[] body, int from, int length) {
        crc.update(body, from, length);
        return (int) crc.getValue();
    }
}
