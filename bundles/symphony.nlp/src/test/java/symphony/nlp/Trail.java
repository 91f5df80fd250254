package symphony.nlp;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.AuditSink;
import symphony.api.audit.AuditUnavailableException;
import symphony.api.audit.Outcome;

/** Keeps audit entries in memory, or takes none. */
final class Trail implements AuditSink {
    private final List<AuditEntry> entries = new CopyOnWriteArrayList<>();
    private volatile boolean failing;

    @Override
    public void record(AuditEntry entry) {
        if (failing) {
            throw new AuditUnavailableException("a test lets it fail", null);
        }
        entries.add(entry);
    }

    @Override
    public void count(String action, String principal, String topic, String subscription, Outcome outcome, UUID id) {
        throw new UnsupportedOperationException("nothing is counted here");
    }

    void fail(boolean now) {
        failing = now;
    }

    List<AuditEntry> entries() {
        return entries;
    }

    /** As {@code actor action target outcome}. */
    List<String> lines() {
        return entries.stream()
                .map(entry -> entry.actor() + ' ' + entry.action() + ' ' + entry.target() + ' ' + entry.outcome())
                .toList();
    }
}
