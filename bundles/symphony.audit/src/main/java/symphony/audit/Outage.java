package symphony.audit;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import symphony.api.audit.AuditEntry;
import symphony.api.audit.AuditRecord.Kind;
import symphony.api.audit.Outcome;

/**
 * What is not in the trail, or is in it against what was said: entries that were refused since a GAP record last said so, when and why
 * nothing could be written, and of which records somebody was told that nobody knows whether they are stored. Thread-safe.
 */
final class Outage {
    static final String REASON = "reason";
    static final String SINCE = "since";
    static final String SECURITY = "security";
    static final String OPERATIONS = "operations";
    static final String DENIALS = "denials";
    static final String EVENTS = "events";
    static final String UNKNOWN = "unknown";

    private static final int MOST_RANGES = 32;

    private final InstantSource clock;

    // Guarded by this.
    private long security;
    private long operations;
    private long denials;
    private long events;
    private final List<Range> unknown = new ArrayList<>();
    private long sinceMillis;
    private String reason = "";
    private boolean isTold;
    private long writtenSecurity;
    private long writtenOperations;

    Outage(InstantSource clock) {
        this.clock = clock;
    }

    /** Sequences, from one to another. */
    private record Range(long from, long to) {
        @Override
        public String toString() {
            return from == to ? Long.toString(from) : from + "-" + to;
        }
    }

    /** An entry was refused. Returns whether a GAP record is owed for the first time. */
    synchronized boolean refused(Kind kind) {
        boolean isFirst = !isOwed();
        begin();
        if (kind == Kind.SECURITY) {
            security++;
        } else {
            operations++;
        }
        return isFirst;
    }

    /** An entry of which somebody was told that nobody knows is there. */
    synchronized void storedInDoubt(long sequence) {
        begin();
        int last = unknown.size() - 1;
        boolean isNext = last >= 0 && unknown.get(last).to() == sequence - 1;
        if (isNext || last == MOST_RANGES - 1) {
            unknown.set(last, new Range(unknown.get(last).from(), sequence));
        } else {
            unknown.add(new Range(sequence, sequence));
        }
    }

    /** Of what was counted, so much will never be told. */
    synchronized void dropped(long repeatedDenials, long steps) {
        begin();
        denials += repeatedDenials;
        events += steps;
    }

    /** From now on nothing can be written; of several reasons the first one counts. */
    synchronized void begin(String why) {
        begin();
        if (reason.isEmpty()) {
            reason = why;
        }
    }

    private void begin() {
        if (!isOwed()) {
            sinceMillis = clock.millis();
        }
    }

    /** Whether a GAP record is due before anything else. */
    synchronized boolean isOwed() {
        return !reason.isEmpty() || security > 0 || operations > 0 || denials > 0 || events > 0 || !unknown.isEmpty();
    }

    /** Whether the log tells that nothing can be written. */
    synchronized boolean isTold() {
        return isTold;
    }

    synchronized void setTold() {
        isTold = true;
    }

    /** The record that says all this; once it is stored, {@link #written}. */
    synchronized Draft gap(long nowMillis) {
        writtenSecurity = security;
        writtenOperations = operations;
        var details = new TreeMap<String, String>();
        details.put(
                REASON, reason.isEmpty() ? "entries had no room, or were not stored in time" : Bounded.text(reason));
        details.put(SINCE, Instant.ofEpochMilli(sinceMillis).toString());
        details.put(SECURITY, Long.toString(security));
        details.put(OPERATIONS, Long.toString(operations));
        if (denials > 0) {
            details.put(DENIALS, Long.toString(denials));
        }
        if (events > 0) {
            details.put(EVENTS, Long.toString(events));
        }
        if (!unknown.isEmpty()) {
            details.put(UNKNOWN, unknown.stream().map(Range::toString).collect(Collectors.joining(",")));
        }
        var entry = new AuditEntry(AuditEngine.PID, "audit:gap", AuditEngine.TRAIL, Outcome.FAILED, details);
        return Draft.ofTrail(Kind.GAP, nowMillis, Content.of(entry).encode());
    }

    /** The last {@link #gap} is stored. Returns how many refused entries it tells of. */
    synchronized long written() {
        security -= writtenSecurity;
        operations -= writtenOperations;
        denials = 0;
        events = 0;
        unknown.clear();
        reason = "";
        isTold = false;
        sinceMillis = clock.millis();
        return writtenSecurity + writtenOperations;
    }
}
