package symphony.crypto;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import symphony.api.crypto.CryptoContext;

/**
 * Counts failures by context and reason, and gives each count away at most once a second: whoever sends a million forgeries
 * gets one audit entry a second for them, not a million; it names the key of the newest. Adding is thread-safe; one thread gives away.
 */
final class FailureLedger {
    static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** {@link #flush} found nothing that waits. */
    static final long NOTHING_WAITS = Long.MAX_VALUE;

    private static final int REASONS = OpenFailure.values().length;
    private static final int KINDS = CryptoContext.values().length * REASONS;

    private final AtomicLongArray waiting = new AtomicLongArray(KINDS);
    private final AtomicIntegerArray newestKey = new AtomicIntegerArray(KINDS);
    private final boolean[] wasGiven = new boolean[KINDS];
    private final long[] givenNanos = new long[KINDS];

    /** Takes a count; returns whether it could be stored, else it is offered again a second later. */
    interface Taker {
        boolean take(CryptoContext context, OpenFailure failure, long count, int newestKey);
    }

    /** Returns whether this is the first of its kind since the last was given away. */
    boolean add(CryptoContext context, OpenFailure failure, int keyId) {
        int kind = context.ordinal() * REASONS + failure.ordinal();
        newestKey.set(kind, keyId);
        return waiting.getAndIncrement(kind) == 0;
    }

    /** Gives away what is due, or all; returns how long until more is due. */
    long flush(long nowNanos, boolean all, Taker taker) {
        long next = NOTHING_WAITS;
        for (int kind = 0; kind < KINDS; kind++) {
            if (waiting.get(kind) > 0) {
                long since = nowNanos - givenNanos[kind];
                if (all || !wasGiven[kind] || since >= INTERVAL_NANOS) {
                    give(kind, nowNanos, taker);
                    since = 0;
                }
                if (waiting.get(kind) > 0) {
                    next = Math.min(next, INTERVAL_NANOS - since);
                }
            }
        }
        return next;
    }

    private void give(int kind, long nowNanos, Taker taker) {
        long count = waiting.getAndSet(kind, 0);
        wasGiven[kind] = true;
        givenNanos[kind] = nowNanos;
        CryptoContext context = CryptoContext.values()[kind / REASONS];
        if (!taker.take(context, OpenFailure.values()[kind % REASONS], count, newestKey.get(kind))) {
            waiting.addAndGet(kind, count);
        }
    }
}
