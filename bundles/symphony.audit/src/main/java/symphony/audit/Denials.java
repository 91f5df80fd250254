package symphony.audit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.AuditRecord.Kind;
import symphony.api.audit.Outcome;

/**
 * Denials that are alike: the first one is a record of its own, those after it are counted, and their number becomes a record once a
 * second for as long as they go on. Whatever is denied how often, there are no more of both in a second than a bound. Thread-safe.
 */
final class Denials {
    /** Stands for all those that there is no room for one by one. */
    private static final AuditEntry OTHERS = new AuditEntry("*", "*", "*", Outcome.DENIED, Map.of());

    /** By what they have in common. Guarded by this. */
    private final Map<AuditEntry, Alike> all = new LinkedHashMap<>();

    private int most;

    Denials(int most) {
        this.most = most;
    }

    /** What is known of one kind of denial. */
    private static final class Alike {
        private Draft first;
        private long repeats;
        private long fromMillis;
        private long toMillis;
        private boolean isOld;

        Alike(Draft first) {
            this.first = first;
        }
    }

    /** How many kinds are told apart. */
    synchronized void apply(int kinds) {
        most = kinds;
    }

    /**
     * A denial: its draft, to be written if it is new, to be waited for in any case.
     *
     * @param draft the first one of its kind, whose record tells of it and of no other
     */
    record Told(Draft draft, boolean isNew) {}

    /** The entry is bounded. Waits for nothing; {@code refused} is for the first of a kind. */
    synchronized Told add(AuditEntry entry, long nowMillis, Runnable refused) {
        AuditEntry common = withoutDecision(entry);
        Alike alike = all.get(common);
        if (alike == null && all.size() >= most) {
            common = OTHERS;
            alike = all.get(common);
        }
        if (alike == null || alike.first.isRefused()) {
            AuditEntry told = common == OTHERS ? OTHERS : entry;
            var draft = new Draft(Kind.SECURITY, nowMillis, Content.of(told).encode(), refused);
            if (alike == null) {
                all.put(common, new Alike(draft));
            } else {
                alike.first = draft;
            }
            return new Told(draft, true);
        }
        alike.fromMillis = alike.repeats == 0 ? nowMillis : alike.fromMillis;
        alike.toMillis = nowMillis;
        alike.repeats++;
        return new Told(alike.first, false);
    }

    private static AuditEntry withoutDecision(AuditEntry entry) {
        if (!entry.details().containsKey(AuditEntry.DECISION)) {
            return entry;
        }
        var details = new HashMap<>(entry.details());
        details.remove(AuditEntry.DECISION);
        return new AuditEntry(entry.actor(), entry.action(), entry.target(), entry.outcome(), details);
    }

    /** Whether there is anything to be drained, now or later. */
    synchronized boolean isEmpty() {
        return all.isEmpty();
    }

    /** Once a second: the numbers of those that were repeated. What was not since the last time is forgotten, and begins anew. */
    synchronized List<Draft> drain(long nowMillis) {
        var drafts = new ArrayList<Draft>();
        for (Iterator<Map.Entry<AuditEntry, Alike>> each = all.entrySet().iterator(); each.hasNext(); ) {
            var next = each.next();
            Alike alike = next.getValue();
            if (alike.repeats > 0) {
                drafts.add(repeats(next.getKey(), alike, nowMillis));
                alike.isOld = false;
            } else if (alike.isOld) {
                each.remove();
            } else {
                alike.isOld = true;
            }
        }
        return drafts;
    }

    private Draft repeats(AuditEntry common, Alike alike, long nowMillis) {
        long repeats = alike.repeats;
        long from = alike.fromMillis;
        Content content = Content.of(common, repeats, from, alike.toMillis);
        alike.repeats = 0;
        return Draft.sum(Kind.SECURITY, nowMillis, content.encode(), () -> putBack(common, alike, repeats, from));
    }

    private synchronized void putBack(AuditEntry common, Alike alike, long repeats, long from) {
        all.putIfAbsent(common, alike);
        Alike now = all.get(common);
        if (now.repeats == 0) {
            now.toMillis = alike.toMillis;
        }
        now.fromMillis = from;
        now.repeats += repeats;
    }
}
