package symphony.scheduler;

import java.util.Optional;
import symphony.api.dispatcher.EventDispatcher;
import symphony.api.event.Receipt;

/**
 * What became of a due event so far.
 *
 * @param count how often it was offered
 * @param sinceNanos when it was offered first, by the timer's clock
 * @param accepted whether a subscription has taken it, as far as is known
 * @param receipt the last one, if there is one
 * @param dispatcher who made the receipt; nobody else can go on with it
 * @param undecided whether nobody could decide, the last time, if it may be published
 */
record Attempt(
        int count,
        long sinceNanos,
        boolean accepted,
        Optional<Receipt> receipt,
        Optional<EventDispatcher> dispatcher,
        boolean undecided) {
    private static final long FIRST_PAUSE_NANOS = 100_000_000;
    private static final int MOST_DOUBLINGS = 6;
    private static final long LONGEST_PAUSE_NANOS = 5_000_000_000L;

    static Attempt none(long nowNanos) {
        return new Attempt(0, nowNanos, false, Optional.empty(), Optional.empty(), false);
    }

    /** It was taken over from a scheduler before, which cannot hand over receipts. */
    static Attempt unknown(long nowNanos) {
        return new Attempt(1, nowNanos, true, Optional.empty(), Optional.empty(), false);
    }

    Attempt got(Receipt now, EventDispatcher by) {
        return new Attempt(
                count + 1, sinceNanos, accepted || now.accepted() > 0, Optional.of(now), Optional.of(by), false);
    }

    /** Nobody can tell who has it: everybody will be offered it again. */
    Attempt failed() {
        return new Attempt(count + 1, sinceNanos, accepted, Optional.empty(), Optional.empty(), false);
    }

    /** It was not tried; the time for which it is offered again begins once somebody decides. */
    Attempt notDecided(long nowNanos) {
        return new Attempt(count, nowNanos, accepted, receipt, dispatcher, true);
    }

    /** 100 ms, doubling to 5 s. */
    long pauseNanos() {
        return Math.min(LONGEST_PAUSE_NANOS, FIRST_PAUSE_NANOS << Math.max(0, Math.min(count - 1, MOST_DOUBLINGS)));
    }
}
