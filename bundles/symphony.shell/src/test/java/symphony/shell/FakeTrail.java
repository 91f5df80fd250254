package symphony.shell;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.AuditPage;
import symphony.api.audit.AuditQuery;
import symphony.api.audit.AuditRecord;
import symphony.api.audit.AuditStatus;
import symphony.api.audit.AuditTrail;
import symphony.api.audit.AuditUnavailableException;
import symphony.api.audit.AuditVerification;
import symphony.api.audit.Outcome;

/** Records in memory, which looks at two of them in each call, as a real one looks at a million. */
final class FakeTrail implements AuditTrail {
    private static final int LOOKS_AT = 2;

    final List<AuditRecord> records = new CopyOnWriteArrayList<>();
    AuditVerification verification = new AuditVerification(
            AuditVerification.Verdict.INTACT, 3, 1, 3, 2, List.of(), List.of("1 record is unsigned"));
    AuditStatus status = new AuditStatus(true, "", Rig.NOW, true, 3, 1, 4096, Optional.empty(), "");
    boolean failsHalfway;
    /** What happens after each record of an export. */
    Runnable afterEach = () -> {};

    FakeTrail() {
        add(
                AuditRecord.Kind.START,
                new AuditEntry("symphony.audit", "audit:start", "trail", Outcome.DONE, Map.of()),
                1);
        add(
                AuditRecord.Kind.SECURITY,
                new AuditEntry(
                        "symphony.shell",
                        "key:rotate",
                        "event",
                        Outcome.DONE,
                        Map.of(AuditEntry.KEY, "2", "note", "\u001b[2J")),
                1);
        add(
                AuditRecord.Kind.SUMMARY,
                new AuditEntry("shop.orders", "event:publish", "orders/new", Outcome.DENIED, Map.of()),
                1200);
    }

    /** The next one, sealed; null is one that cannot be opened. */
    void add(AuditRecord.Kind kind, AuditEntry entry, long count) {
        add(kind, true, entry, count);
    }

    void add(AuditRecord.Kind kind, boolean isSealed, AuditEntry entry, long count) {
        long sequence = records.size() + 1L;
        Optional<UUID> event = kind == AuditRecord.Kind.SUMMARY
                ? Optional.of(new UUID(0x01976f0c7c5e7000L, sequence))
                : Optional.empty();
        Instant time = Rig.NOW.plusSeconds(sequence);
        records.add(new AuditRecord(
                sequence,
                time,
                kind,
                isSealed,
                Optional.ofNullable(entry),
                "",
                count,
                time,
                time,
                event,
                event,
                "cafe" + sequence));
    }

    @Override
    public AuditPage find(AuditQuery query, int most) {
        var found = new ArrayList<AuditRecord>();
        long sequence = query.sequence();
        for (int looked = 0; looked < LOOKS_AT && sequence <= records.size() && found.size() < most; looked++) {
            AuditRecord record = records.get((int) sequence++ - 1);
            if (query.matches(record)) {
                found.add(record);
            }
        }
        return new AuditPage(found, sequence, sequence > records.size());
    }

    @Override
    public AuditPage tail(int most) {
        List<AuditRecord> all = List.copyOf(records);
        return new AuditPage(all.subList(Math.max(0, all.size() - most), all.size()), all.size() + 1L, true);
    }

    @Override
    public Optional<AuditRecord> show(long sequence) {
        return records.stream().filter(record -> record.sequence() == sequence).findFirst();
    }

    @Override
    public AuditVerification verify() {
        return verification;
    }

    @Override
    public long export(AuditQuery query, Appendable to) throws IOException {
        long count = 0;
        for (AuditRecord record : records) {
            if (query.matches(record)) {
                to.append("{\"sequence\":" + record.sequence() + "}\n");
                count++;
                afterEach.run();
                if (failsHalfway) {
                    throw new AuditUnavailableException("the disk is broken", null);
                }
            }
        }
        return count;
    }

    @Override
    public AuditStatus status() {
        return status;
    }
}
