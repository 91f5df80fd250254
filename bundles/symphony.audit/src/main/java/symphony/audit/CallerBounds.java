package symphony.audit;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How much each bundle may record: a bound for each second, of which it may have spent some seconds' worth at once. It is remembered
 * for the bundle, not for a service object: who gets another one gets nothing by it. Thread-safe.
 */
final class CallerBounds {
    /** So many seconds' worth may come at once. */
    static final int BURST_SECONDS = 10;

    private static final double NANOS = TimeUnit.SECONDS.toNanos(1);

    private final LongSupplier nanos;

    /** By the bundle's id; who has spent nothing is not there. Guarded by this. */
    private final Map<Long, Spent> all = new HashMap<>();

    CallerBounds(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /**
     * Leaks away as time goes by: a leaky bucket of seconds, as in ITU-T I.371 (the generic cell rate algorithm).
     *
     * @param seconds as many as what was recorded is worth, of entries or of bytes
     * @param atNanos when that was so
     */
    private record Spent(double entrySeconds, double byteSeconds, long atNanos) {
        static Spent nothing(long now) {
            return new Spent(0, 0, now);
        }

        Spent at(long now) {
            double passed = Math.max(0, now - atNanos) / NANOS;
            return new Spent(Math.max(0, entrySeconds - passed), Math.max(0, byteSeconds - passed), now);
        }

        Spent and(double moreEntrySeconds, double moreByteSeconds) {
            return new Spent(entrySeconds + moreEntrySeconds, byteSeconds + moreByteSeconds, atNanos);
        }

        boolean isNothing() {
            return entrySeconds == 0 && byteSeconds == 0;
        }

        boolean isTooMuch() {
            return entrySeconds > BURST_SECONDS || byteSeconds > BURST_SECONDS;
        }
    }

    /** Whether the bundle may record one more of that size; then it counts. */
    synchronized boolean take(long bundle, int bytes, AuditSettings settings) {
        long now = nanos.getAsLong();
        Spent before = all.get(bundle);
        if (before == null) {
            all.values().removeIf(spent -> spent.at(now).isNothing());
            before = Spent.nothing(now);
        }
        Spent spent = before.at(now);
        Spent wanted = spent.and(1.0 / settings.callerEntries(), (double) bytes / settings.callerBytes());
        boolean isTaken = !wanted.isTooMuch();
        all.put(bundle, isTaken ? wanted : spent);
        return isTaken;
    }

    /** How many bundles are remembered. */
    synchronized int size() {
        return all.size();
    }
}
