package symphony.rbac;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.AuditSink;
import symphony.api.audit.AuditUnavailableException;
import symphony.api.audit.Outcome;

/** An audit that can be out of order. */
final class Trail implements AuditSink {
    final List<AuditEntry> entries = new CopyOnWriteArrayList<>();
    volatile boolean broken;

    @Override
    public void record(AuditEntry entry) {
        if (broken) {
            throw new AuditUnavailableException("the disk is full, a test says", null);
        }
        entries.add(entry);
    }

    @Override
    public void count(String action, String principal, String topic, String subscription, Outcome outcome, UUID id) {
        throw new AssertionError("nothing is counted here");
    }
}
