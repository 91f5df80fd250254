package symphony.api.scheduler;

import java.util.function.LongConsumer;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Calls back at deadlines, on one thread of its own. For parts of the engine, whose callbacks are short and never block: it
 * never runs code of applications. Thread-safe.
 */
@ProviderType
public interface Timer {
    /**
     * The clock of the deadlines: monotonic, in nanoseconds, of arbitrary origin; compare by difference.
     *
     * @return now
     */
    long nanoTime();

    /**
     * Sets a deadline. Deadlines that are due together are called in their order, equal ones in the order they were set.
     *
     * @param deadlineNanos when, by {@link #nanoTime()}; at once if it has passed
     * @param callback called once, with the cookie; an exception it throws is logged
     * @param cookie given to the callback, so that one callback can serve many deadlines
     * @return a ticket to cancel it by, never 0
     * @throws IllegalStateException if the timer is closed
     */
    long schedule(long deadlineNanos, LongConsumer callback, long cookie);

    /**
     * Cancels a deadline.
     *
     * @param ticket what {@link #schedule} gave
     * @return whether this call did, so that the callback will not be called; false if it was called, is being called, or
     *     was cancelled before
     */
    boolean cancel(long ticket);
}
