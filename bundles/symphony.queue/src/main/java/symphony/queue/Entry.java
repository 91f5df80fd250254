package symphony.queue;

import java.util.Comparator;
import symphony.api.queue.Item;

/** An event in one queue, and the node of the lists in which it stands there. Guarded by the queue's lock. */
final class Entry {
    /* 64 bytes with compressed pointers; there are as many of these as events wait. Look before you add a field. */

    /** Where it is in its queue. */
    enum Place {
        /** Due; ready or held back by its order key. */
        WAITING,
        /** Not due yet. */
        DELAYED,
        /** Not due yet after a failure; its order key, if it has one, is busy. */
        RETRYING,
        /** With a handler. */
        LEASED
    }

    /** Order of the first push. */
    static final Comparator<Entry> BY_SEQUENCE = (a, b) -> Long.compare(a.sequence, b.sequence);

    /** Order of due times, by difference since they come from a nano clock. */
    static final Comparator<Entry> BY_DUE = (a, b) -> {
        int order = Long.signum(a.dueNanos - b.dueNanos);
        return order != 0 ? order : BY_SEQUENCE.compare(a, b);
    };

    final Charge charge;
    final long sequence;
    final long pushedNanos;
    Item item;
    long dueNanos;
    Place place = Place.WAITING;
    /** The one behind it in its level. */
    Entry next;
    /** Its neighbours among all of the queue, by sequence. */
    Entry older;

    Entry newer;

    /** If it was a dead letter before, else null. */
    Origin origin;

    Entry(Item item, Charge charge, long sequence, long pushedNanos) {
        this.item = item;
        this.charge = charge;
        this.sequence = sequence;
        this.pushedNanos = pushedNanos;
    }

    int priority() {
        return item.priority();
    }

    boolean isKeyed() {
        return item.orderKey() != 0;
    }

    boolean isExpired(long wallMillis) {
        return item.expires() != 0 && wallMillis >= item.expires();
    }
}
