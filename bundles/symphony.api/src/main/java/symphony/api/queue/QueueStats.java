package symphony.api.queue;

import java.util.List;
import java.util.Map;
import org.osgi.annotation.versioning.ProviderType;
import symphony.api.event.Refusal;

/**
 * The counters of a queue, all of one moment. At each moment {@link #balanced()} holds.
 *
 * @param accepted pushes taken since the queue was made, re-driven dead letters included
 * @param handled acknowledged
 * @param dead became dead letters
 * @param expired not leased in time
 * @param dropped discarded when the queue was forgotten
 * @param reported left, counted and reported when the provider stopped
 * @param waiting due and not leased, and those held back by their order key
 * @param delayed not due yet
 * @param leased with a handler
 * @param takenAlong dead letters that keep their slot here, see {@link OrderFailure#TAKE_ALONG}; among the dead, too
 * @param retried leases returned after a failure
 * @param duplicates pushes not stored again, since the queue had taken the same event within its window
 * @param forgotten ids of events forgotten before the window was over, since there were too many
 * @param refused pushes not taken, by reason; reasons that never happened are missing
 * @param depths waiting and delayed by priority, ten numbers
 * @param bytes size of the envelopes that are here
 * @param oldestMillis how long the oldest of those that wait or are delayed has been here, 0 if none is
 * @param capacity most events that wait, are delayed, are leased or were taken along
 * @param paused whether nothing is leased at the moment
 */
@ProviderType
public record QueueStats(
        long accepted,
        long handled,
        long dead,
        long expired,
        long dropped,
        long reported,
        long waiting,
        long delayed,
        long leased,
        long takenAlong,
        long retried,
        long duplicates,
        long forgotten,
        Map<Refusal.Reason, Long> refused,
        List<Long> depths,
        long bytes,
        long oldestMillis,
        int capacity,
        boolean paused) {
    /** Copies the collections. */
    public QueueStats {
        refused = Map.copyOf(refused);
        depths = List.copyOf(depths);
    }

    /**
     * Whether each accepted event is accounted for.
     *
     * @return whether accepted = handled + dead + expired + dropped + reported + waiting + delayed + leased
     */
    public boolean balanced() {
        return accepted == handled + dead + expired + dropped + reported + waiting + delayed + leased;
    }

    /**
     * How many events are here.
     *
     * @return waiting + delayed + leased
     */
    public long depth() {
        return waiting + delayed + leased;
    }

    /**
     * How many pushes were not taken.
     *
     * @return the sum over all reasons
     */
    public long refusals() {
        return refused.values().stream().mapToLong(Long::longValue).sum();
    }
}
