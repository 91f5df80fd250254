package symphony.audit;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import symphony.api.audit.AuditRecord.Kind;
import symphony.segmentlog.Frame;
import symphony.segmentlog.LogItem;

/**
 * A record as it is stored, one to a frame of the segment log. Format, version 1, big-endian:
 *
 * <pre>
 * at   bytes  what
 *   0      1  version: 1
 *   1      1  kind: 1 SECURITY, 2 OPERATION, 3 EVENT, 4 SUMMARY, 5 CHECKPOINT, 6 GAP, 7 RECOVERY, 8 RETENTION, 9 START
 *   2      1  flags: 1 the content is sealed; 2 the previous hash is here, too; the others are 0
 *   3      1  0
 *   4      8  sequence, from 1
 *  12      8  time, milliseconds of the epoch
 *  20     32  with flag 2: hash of the record before, zeros before the first
 *             content, to 32 bytes before the end
 *         32  hash: SHA-256(hash of the record before ‖ all bytes before this field)
 * </pre>
 *
 * The hash is over what is stored, so no key is needed to verify it. The first record of each segment has flag 2, and no other one has, so
 * that what is left can be verified when older segments are gone. A sealed content is what {@code CryptoService.seal} gives for the context
 * AUDIT with the first 20 bytes as associated data. Immutable but for its array.
 */
final class StoredRecord {
    static final int HEADER_BYTES = 20;
    /** None has more: of longer texts, and of more details, there is only a part. */
    static final int MOST_BYTES = 32 << 10;

    private static final int VERSION = 1;
    private static final int KIND_AT = 1;
    private static final int FLAGS_AT = 2;
    private static final int ZERO_AT = 3;
    private static final int SEQUENCE_AT = 4;
    private static final int TIME_AT = 12;
    private static final int SEALED = 1;
    private static final int PREVIOUS = 2;
    private static final int LEAST_BYTES = HEADER_BYTES + ChainHash.BYTES;
    private static final Kind[] KINDS = Kind.values();

    private final byte[] bytes;
    private final Kind kind;

    private StoredRecord(byte[] bytes, Kind kind) {
        this.bytes = bytes;
        this.kind = kind;
    }

    /**
     * What comes before the content and is bound to it by its seal.
     *
     * @param isSealed whether the content will be
     * @param isFirst whether the record begins a segment
     */
    record Header(Kind kind, boolean isSealed, boolean isFirst, long sequence, long timeMillis) {
        byte[] encode() {
            int flags = (isSealed ? SEALED : 0) | (isFirst ? PREVIOUS : 0);
            return ByteBuffer.allocate(HEADER_BYTES)
                    .put((byte) VERSION)
                    .put((byte) code(kind))
                    .put((byte) flags)
                    .put((byte) 0)
                    .putLong(sequence)
                    .putLong(timeMillis)
                    .array();
        }
    }

    /** The record with this content behind the one that has that hash. */
    static StoredRecord make(Header header, byte[] content, byte[] previousHash, ChainHash chain) {
        byte[] encoded = header.encode();
        int previous = header.isFirst() ? ChainHash.BYTES : 0;
        var bytes = ByteBuffer.allocate(LEAST_BYTES + previous + content.length).put(encoded);
        if (header.isFirst()) {
            bytes.put(previousHash);
        }
        int length = bytes.put(content).position();
        return new StoredRecord(
                bytes.put(chain.of(previousHash, bytes.array(), length)).array(), header.kind());
    }

    /** Checks the form, no hash. The array is kept. */
    static StoredRecord parse(byte[] bytes) throws MalformedRecordException {
        if (bytes.length < LEAST_BYTES) {
            throw new MalformedRecordException(
                    "it has " + bytes.length + " bytes, a record has " + LEAST_BYTES + " or more");
        }
        if (bytes[0] != VERSION) {
            throw new MalformedRecordException("it has version " + (bytes[0] & 0xff) + " of the format, known is "
                    + VERSION + "; verify it with a newer symphony.audit");
        }
        Kind kind = kind(bytes[KIND_AT])
                .orElseThrow(
                        () -> new MalformedRecordException("it is of the unknown kind " + (bytes[KIND_AT] & 0xff)));
        if ((bytes[FLAGS_AT] & ~(SEALED | PREVIOUS)) != 0 || bytes[ZERO_AT] != 0) {
            throw new MalformedRecordException("it has unknown flags");
        }
        var record = new StoredRecord(bytes, kind);
        if (record.contentAt() > record.hashAt()) {
            throw new MalformedRecordException("it is too short for the hash of the record before");
        }
        if (record.sequence() < 1) {
            throw new MalformedRecordException("its sequence is " + record.sequence());
        }
        return record;
    }

    /** Empty if what was read is no record. */
    static Optional<StoredRecord> of(LogItem item) {
        return item instanceof Frame frame ? ofAny(frame.body()) : Optional.empty();
    }

    /** Empty if it is none. */
    static Optional<StoredRecord> ofAny(byte[] bytes) {
        try {
            return Optional.of(parse(bytes));
        } catch (MalformedRecordException e) {
            return Optional.empty(); // to say so is for who verifies
        }
    }

    static int code(Kind kind) {
        return switch (kind) {
            case SECURITY -> 1;
            case OPERATION -> 2;
            case EVENT -> 3;
            case SUMMARY -> 4;
            case CHECKPOINT -> 5;
            case GAP -> 6;
            case RECOVERY -> 7;
            case RETENTION -> 8;
            case START -> 9;
        };
    }

    private static Optional<Kind> kind(byte code) {
        for (Kind kind : KINDS) {
            if (code(kind) == code) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }

    /** Of those about the trail itself, which tell no secret and must be readable without keys. */
    static boolean isAboutTrail(Kind kind) {
        return switch (kind) {
            case CHECKPOINT, GAP, RECOVERY, RETENTION, START -> true;
            case SECURITY, OPERATION, EVENT, SUMMARY -> false;
        };
    }

    /** All of it; not to be changed. */
    byte[] bytes() {
        return bytes;
    }

    Kind kind() {
        return kind;
    }

    boolean isSealed() {
        return (bytes[FLAGS_AT] & SEALED) != 0;
    }

    boolean hasPreviousHash() {
        return (bytes[FLAGS_AT] & PREVIOUS) != 0;
    }

    long sequence() {
        return ByteBuffer.wrap(bytes).getLong(SEQUENCE_AT);
    }

    long timeMillis() {
        return ByteBuffer.wrap(bytes).getLong(TIME_AT);
    }

    /** Bound to a sealed content. */
    byte[] associatedData() {
        return Arrays.copyOf(bytes, HEADER_BYTES);
    }

    /** As it is stored: sealed, if it is. */
    byte[] content() {
        return Arrays.copyOfRange(bytes, contentAt(), hashAt());
    }

    /** Only if it has one. */
    byte[] previousHash() {
        return Arrays.copyOfRange(bytes, HEADER_BYTES, HEADER_BYTES + ChainHash.BYTES);
    }

    byte[] hash() {
        return Arrays.copyOfRange(bytes, hashAt(), bytes.length);
    }

    /** Whether its hash is right if the record before it has that one; where it names the hash before it that must be the same. */
    boolean follows(byte[] previousHash, ChainHash chain) {
        boolean saysSo = !hasPreviousHash() || Arrays.equals(previousHash(), previousHash);
        return saysSo && Arrays.equals(hash(), chain.of(previousHash, bytes, hashAt()));
    }

    private int contentAt() {
        return HEADER_BYTES + (hasPreviousHash() ? ChainHash.BYTES : 0);
    }

    private int hashAt() {
        return bytes.length - ChainHash.BYTES;
    }
}
