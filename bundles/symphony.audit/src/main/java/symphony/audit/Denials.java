package symphony.audit;

import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.AuditRecord.Kind;
import symphony.audit.DenialKind.Width;

/**
 * Denials that are alike: the first one is a record of its own, those after it are counted, and their number becomes a record once a
 * second for as long as they go on. Whatever is denied how often, there are no more of both in a second than a bound: what has no place
 * is told by actor and action, then by action, at last as {@code *}. Thread-safe.
 */
final class Denials {
    // Guarded by this.
    private final Map<DenialKind, Alike> all = new LinkedHashMap<>();
    private final DenialPlaces places = new DenialPlaces();
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

    /** The entry is bounded. Waits for nothing; the owner is that of the first of a kind. */
    synchronized Told add(AuditEntry entry, long nowMillis, Draft.Owner owner) {
        DenialKind kind = DenialKind.of(entry);
        Alike alike = all.get(kind);
        while (alike == null && !places.hasRoom(kind, most)) {
            kind = kind.wider();
            alike = all.get(kind);
        }
        if (alike == null || alike.first.isRefused()) {
            AuditEntry told = kind.width() == Width.EXACT ? entry : kind.entry();
            var draft = new Draft(Kind.SECURITY, nowMillis, Content.of(told).encode(), owner);
            if (alike == null) {
                put(kind, new Alike(draft));
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

    private void put(DenialKind kind, Alike alike) {
        all.put(kind, alike);
        places.add(kind);
    }

    /** Whether there is anything to be drained, now or later. */
    synchronized boolean isEmpty() {
        return all.isEmpty();
    }

    /**
     * Once a second: adds drafts with the numbers of those that were repeated. What was not since the last time is forgotten, and
     * begins anew. Where memory is short it throws, and what is not among the drafts is still counted.
     */
    synchronized void drainTo(Collection<Draft> drafts, long nowMillis) {
        for (Iterator<Map.Entry<DenialKind, Alike>> each = all.entrySet().iterator(); each.hasNext(); ) {
            var next = each.next();
            Alike alike = next.getValue();
            if (alike.repeats > 0) {
                drafts.add(repeats(next.getKey(), alike, nowMillis));
                alike.repeats = 0;
                alike.isOld = false;
            } else if (alike.isOld) {
                places.remove(next.getKey());
                each.remove();
            } else {
                alike.isOld = true;
            }
        }
    }

    private Draft repeats(DenialKind kind, Alike alike, long nowMillis) {
        long repeats = alike.repeats;
        long from = alike.fromMillis;
        long to = alike.toMillis;
        Content content = Content.of(kind.entry(), repeats, from, to);
        return new Draft(Kind.SECURITY, nowMillis, content.encode(), () -> putBack(kind, alike, repeats, from, to));
    }

    private synchronized void putBack(DenialKind kind, Alike alike, long repeats, long from, long to) {
        Alike now = all.get(kind);
        if (now == null) {
            put(kind, alike);
            now = alike;
        }
        now.toMillis = now.repeats == 0 ? to : Math.max(to, now.toMillis);
        now.fromMillis = from;
        now.repeats += repeats;
    }

    /** How many repeats are counted and no drafts yet: for the end. */
    synchronized long left() {
        long left = 0;
        for (Alike each : all.values()) {
            left += each.repeats;
        }
        return left;
    }
}
