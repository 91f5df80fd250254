package symphony.audit;

import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.AuditQuery;
import symphony.api.audit.AuditRecord;
import symphony.api.audit.AuditRecord.Kind;
import symphony.api.audit.Outcome;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.CryptoService;

/** Makes of what is stored what readers get. One thread only. */
final class RecordViews {
    private final Optional<CryptoService> crypto;

    RecordViews(Optional<CryptoService> crypto) {
        this.crypto = crypto;
    }

    /** Whether it is worth opening. */
    static boolean mayMatch(AuditQuery query, StoredRecord record) {
        Instant time = Instant.ofEpochMilli(record.timeMillis());
        return record.sequence() >= query.sequence()
                && (query.kinds().isEmpty() || query.kinds().contains(record.kind()))
                && query.after().filter(time::isBefore).isEmpty()
                && query.before().filter(before -> !time.isBefore(before)).isEmpty();
    }

    AuditRecord view(StoredRecord record) {
        Instant time = Instant.ofEpochMilli(record.timeMillis());
        Optional<Content> content = content(record);
        String hash = HexFormat.of().formatHex(record.hash());
        if (content.isEmpty()) {
            return new AuditRecord(
                    record.sequence(),
                    time,
                    record.kind(),
                    record.isSealed(),
                    Optional.empty(),
                    "",
                    1,
                    time,
                    time,
                    Optional.empty(),
                    Optional.empty(),
                    hash);
        }
        Content told = content.get();
        return new AuditRecord(
                record.sequence(),
                time,
                record.kind(),
                record.isSealed(),
                Optional.of(told.entry()),
                told.subscription(),
                told.count(),
                told.fromMillis() == 0 ? time : Instant.ofEpochMilli(told.fromMillis()),
                told.toMillis() == 0 ? time : Instant.ofEpochMilli(told.toMillis()),
                told.first(),
                told.last(),
                hash);
    }

    /** Empty if it cannot be opened, or is none: to say which is for who verifies. */
    private Optional<Content> content(StoredRecord record) {
        byte[] stored = record.content();
        if (record.kind() == Kind.CHECKPOINT) {
            byte[] id = Arrays.copyOf(stored, Math.min(PublicKey.ID_BYTES, stored.length));
            var details = Map.of(AuditEntry.KEY, HexFormat.of().formatHex(id));
            return Optional.of(Content.of(
                    new AuditEntry(AuditEngine.PID, "audit:checkpoint", AuditEngine.TRAIL, Outcome.DONE, details)));
        }
        try {
            return record.isSealed() ? opened(record, stored) : Optional.of(Content.decode(stored));
        } catch (MalformedRecordException
                | RuntimeException
                | LinkageError e) { // as of a service that is being replaced
            return Optional.empty();
        }
    }

    private Optional<Content> opened(StoredRecord record, byte[] stored) throws MalformedRecordException {
        return crypto.isEmpty()
                ? Optional.empty()
                : Optional.of(Content.decode(crypto.get().open(CryptoContext.AUDIT, record.associatedData(), stored)));
    }
}
