package symphony.audit;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.AuditRecord.Kind;

/**
 * What a START, RECOVERY or RETENTION record tells of the trail. It is believed without a checkpoint behind it, so its key signs it by
 * itself:
 *
 * <pre>
 * "symphony audit record 1" (ASCII), kind (1), sequence (8), time in milliseconds of the epoch (8), hash of the record before (32), the
 * content without the detail "signature"
 * </pre>
 *
 * @param before hash of the record before it
 * @param entry without the detail {@link #SIGNATURE}
 */
record Announcement(Kind kind, long sequence, long timeMillis, byte[] before, AuditEntry entry) implements Signable {
    /** Detail of each: the signature, in hexadecimal. */
    static final String SIGNATURE = "signature";
    /** Detail of START: records that nobody had signed when their process ended, as {@code 17-20}; of RECOVERY if it ended in order. */
    static final String UNSIGNED = "unsigned";
    /** Detail of RETENTION, and of START: the first sequence that is kept, if that is not 1. */
    static final String FIRST = "first";
    /** Detail of START: whether contents are sealed from there on. */
    static final String SEALED = "sealed";
    /** Details of START: the key before, and its signature over {@link HandOver}. */
    static final String BEFORE = "before";

    static final String HAND_OVER = "handover";
    /** Detail of RECOVERY: up to which sequence {@link #CHECKPOINT} knew more records than there are, or others. */
    static final String LOST = "lost";
    /** Detail of RECOVERY: what is wrong with the checkpoint beside the trail; with {@link #LOST} its line. */
    static final String CHECKPOINT = "checkpoint";
    /** Detail of RECOVERY: the trail began with that sequence, and nothing signed said why. */
    static final String BEGINNING = "beginning";

    private static final byte[] LABEL = "symphony audit record 1".getBytes(StandardCharsets.US_ASCII);

    /** What a record says that is stored behind one with that hash. */
    static Announcement of(StoredRecord record, byte[] before, Content content) {
        AuditEntry told = content.entry();
        var details = new TreeMap<>(told.details());
        details.remove(SIGNATURE);
        var entry = new AuditEntry(told.actor(), told.action(), told.target(), told.outcome(), details);
        return new Announcement(record.kind(), record.sequence(), record.timeMillis(), before, entry);
    }

    /** Whether a record may be one. */
    static boolean is(Kind kind) {
        return kind == Kind.START || kind == Kind.RECOVERY || kind == Kind.RETENTION;
    }

    /** The content with this signature. */
    Content with(byte[] signature) {
        var details = new TreeMap<>(entry.details());
        details.put(SIGNATURE, HexFormat.of().formatHex(signature));
        return Content.of(new AuditEntry(entry.actor(), entry.action(), entry.target(), entry.outcome(), details));
    }

    @Override
    public byte[] bytes() {
        byte[] content = Content.of(entry).encode();
        return ByteBuffer.allocate(LABEL.length + 1 + 2 * Long.BYTES + before.length + content.length)
                .put(LABEL)
                .put((byte) StoredRecord.code(kind))
                .putLong(sequence)
                .putLong(timeMillis)
                .put(before)
                .put(content)
                .array();
    }

    /** A detail that is bytes in hexadecimal; empty if it is not there, or has not so many. */
    static Optional<byte[]> hex(Map<String, String> details, String name, int bytes) {
        String text = details.getOrDefault(name, "");
        try {
            return text.length() == 2 * bytes ? Optional.of(HexFormat.of().parseHex(text)) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
