package symphony.dispatcher;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.queue.Lease;

/**
 * Leases that could not be settled, since their queue failed or there was no memory, not even to give them back: that is tried
 * each second, or their events would wait until their queue is closed. Thread-safe.
 */
final class Unsettled {
    private static final Logger log = LoggerFactory.getLogger(Unsettled.class);
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final AtomicReference<Place> places = new AtomicReference<>();

    /** When they are tried again, set by the first look at them. Supervisor only. */
    private long againNanos;

    private boolean waits;

    /** Made before it is needed, since there may be no memory then. */
    static final class Place {
        private Lane lane;
        private Lease lease;
        private Place next;
    }

    /** Takes a lease, and the place for it, which belongs to this from now on. Needs no memory, and takes no lock. */
    void add(Place place, Lane lane, Lease lease) {
        place.lane = lane;
        place.lease = lease;
        push(place);
    }

    private void push(Place place) {
        Place first;
        do {
            first = places.get();
            place.next = first;
        } while (!places.compareAndSet(first, place));
    }

    /** Supervisor only: gives back what it can if it is time; whether there is something to look at again. */
    boolean look(long now) {
        if (places.get() == null) {
            waits = false;
        } else if (!waits) {
            waits = true;
            againNanos = now + AGAIN_NANOS;
        } else if (now - againNanos >= 0) {
            againNanos = now + AGAIN_NANOS;
            giveBack();
        }
        return waits;
    }

    private void giveBack() {
        Place rest = places.getAndSet(null);
        Place failed = null;
        Throwable failure = null;
        while (rest != null) {
            Place one = rest;
            rest = one.next;
            try {
                one.lease.release();
            } catch (Throwable t) {
                push(one);
                failed = one;
                failure = t;
            }
        }
        if (failure != null) {
            tell(failed.lane, failure);
        }
    }

    /** Last, since that may fail, too. */
    private static void tell(Lane lane, Throwable why) {
        lane.tellFailure(more -> log.error(
                "{}: an event that could not be settled could not be given back either; trying again in a second ({}"
                        + " more not told)",
                lane,
                more,
                why));
    }
}
