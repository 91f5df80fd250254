package symphony.queue;

import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.AuditSink;
import symphony.api.audit.Outcome;
import symphony.api.rbac.AccessControl;
import symphony.api.rbac.Decision;
import symphony.api.rbac.Permission;
import symphony.component.Guard;

/** A guard who knows some permissions, and notes what the audit is told. */
final class GuardRecorder implements AccessControl, AuditSink {
    /** Those that everybody has. */
    final Set<String> granted = ConcurrentHashMap.newKeySet();

    /** As {@code DONE dead:drop a/b by acme {number=1}}. */
    final List<String> lines = new CopyOnWriteArrayList<>();

    final Guard guard = new Guard(true);

    GuardRecorder() {
        guard.bind((AccessControl) this);
        guard.bind((AuditSink) this);
    }

    @Override
    public Decision decide(String principal, Permission permission) {
        return new Decision(granted.contains(permission.toString()), "by test");
    }

    @Override
    public void record(AuditEntry entry) {
        lines.add(entry.outcome() + " " + entry.action() + ' ' + entry.target() + " by " + entry.actor() + ' '
                + new TreeMap<>(entry.details()));
    }

    @Override
    public void count(
            String action, String principal, String topic, String subscription, Outcome outcome, UUID eventId) {
        throw new AssertionError(action);
    }
}
