package symphony.segmentlog;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The first bytes of a segment file.
 * <pre>
 * magic (8), version (2), flags (2; 1: sealed), segment size (4), number (8), end of the frames of the segment before it (4; 0 if it
 * is not known), salt (16), key id (4), key check (16), CRC-32C (4)
 * </pre>
 * The key check of a sealed segment is the tag of an empty plaintext with the nonce 0 and all before it as associated data; else
 * zeros.
 */
record SegmentHeader(
        boolean isSealed, int segmentBytes, long number, int previousEnd, byte[] salt, int keyId, byte[] keyCheck) {
    private static final long MAGIC = 0x8953_594d_5345_470aL; // \x89 S Y M S E G \n
    private static final int BOUND_BYTES = 48;
    private static final int SEALED = 1;
    private static final byte[] NO_KEY_CHECK = new byte[Format.TAG_BYTES];

    static SegmentHeader plain(int segmentBytes, long number, int previousEnd, byte[] salt) {
        return new SegmentHeader(false, segmentBytes, number, previousEnd, salt, 0, NO_KEY_CHECK);
    }

    /** The same sealed, still without its key check. */
    SegmentHeader sealedWith(int key) {
        return new SegmentHeader(true, segmentBytes, number, previousEnd, salt, key, NO_KEY_CHECK);
    }

    SegmentHeader withKeyCheck(byte[] check) {
        return new SegmentHeader(isSealed, segmentBytes, number, previousEnd, salt, keyId, check);
    }

    /** What the key check is made over. */
    byte[] bound() {
        return Arrays.copyOf(encode(), BOUND_BYTES);
    }

    byte[] encode() {
        var bytes = ByteBuffer.allocate(Format.HEADER_BYTES)
                .putLong(MAGIC)
                .putShort((short) Format.VERSION)
                .putShort((short) (isSealed ? SEALED : 0))
                .putInt(segmentBytes)
                .putLong(number)
                .putInt(previousEnd)
                .put(salt)
                .putInt(keyId)
                .put(keyCheck);
        return bytes.putInt(check(bytes.array())).array();
    }

    /** Empty if these bytes are none, one of another segment, or one that nobody can have written. */
    static Optional<SegmentHeader> parse(byte[] encoded, long number) throws UnknownVersionException {
        var bytes = ByteBuffer.wrap(encoded);
        if (bytes.getInt(encoded.length - Integer.BYTES) != check(encoded) || bytes.getLong() != MAGIC) {
            return Optional.empty();
        }
        int version = bytes.getShort();
        if (version != Format.VERSION) {
            throw new UnknownVersionException(version);
        }
        short flags = bytes.getShort();
        int segmentBytes = bytes.getInt();
        long written = bytes.getLong();
        int previousEnd = bytes.getInt();
        byte[] salt = next(bytes, Format.SALT_BYTES);
        int keyId = bytes.getInt();
        byte[] keyCheck = next(bytes, Format.TAG_BYTES);
        var header = new SegmentHeader(flags == SEALED, segmentBytes, written, previousEnd, salt, keyId, keyCheck);
        boolean isPossible = (flags & ~SEALED) == 0 && header.isInRange() && written == number;
        return isPossible ? Optional.of(header) : Optional.empty();
    }

    private boolean isInRange() {
        return isMultiple(segmentBytes, SegmentLogOptions.MIN_SEGMENT_BYTES)
                && (previousEnd == 0 || isMultiple(previousEnd, Format.FRAMES_AT));
    }

    private static boolean isMultiple(int bytes, int min) {
        return bytes % Format.ALIGNMENT == 0 && bytes >= min && bytes <= SegmentLogOptions.MAX_SEGMENT_BYTES;
    }

    private static byte[] next(ByteBuffer bytes, int length) {
        byte[] next = new byte[length];
        bytes.get(next);
        return next;
    }

    private static int check(byte[] encoded) {
        var crc = new CRC32C();
        crc.update(encoded, 0, encoded.length - Integer.BYTES);
        return (int) crc.getValue();
    }

    /** A header that is whole, of a format that is not known here. */
    static final class UnknownVersionException extends Exception {
        private static final long serialVersionUID = 1L;

        UnknownVersionException(int version) {
            super("has version " + version + " of the format, and this symphony.segmentlog knows " + Format.VERSION
                    + "; use a newer one");
        }
    }
}
