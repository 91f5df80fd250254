package symphony.queue;

import java.util.Comparator;
import symphony.api.crypto.Envelope;
import symphony.api.queue.Item;

/** An event in one queue, and the node of the lists in which it stands there. Guarded by the queue's lock. */
final class Entry {
    /*
     * 72 bytes with compressed pointers, with the values of the item, which is made anew for whoever asks; there are as many of
     * these as events wait. Look before you add a field.
     */
    private static final Place[] PLACES = Place.values();

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

    final Envelope envelope;
    /** Epoch milliseconds, 0 for never. */
    final long expires;

    final long sequence;
    final long pushedNanos;
    long dueNanos;
    private final Rare rare;
    /** The one behind it in its level; once it has expired, among those that did under one hold of the lock. */
    Entry next;
    /** Its neighbours among all of the queue, by sequence. */
    Entry older;

    Entry newer;
    private int attempt;
    private final byte priority;
    private byte place = (byte) Place.WAITING.ordinal();

    /**
     * What few events have.
     *
     * @param charge if others have the envelope, too, else null
     * @param origin if it was a dead letter before, else null
     * @param notBefore as the item has it
     * @param orderKey an object, since none may be made where there is no memory; null for none
     */
    private record Rare(Charge charge, Origin origin, long notBefore, Long orderKey) {}

    /**
     * Waiting, in no list yet.
     *
     * @param charge if others have the envelope, too, else null
     * @param origin if it was a dead letter before, else null
     */
    Entry(Item item, Charge charge, Origin origin, long sequence, long pushedNanos) {
        this.envelope = item.envelope();
        this.priority = (byte) item.priority();
        this.expires = item.expires();
        this.attempt = item.attempt();
        this.sequence = sequence;
        this.pushedNanos = pushedNanos;
        Long key = item.orderKey() == 0 ? null : item.orderKey();
        boolean common = charge == null && origin == null && item.notBefore() == 0 && key == null;
        this.rare = common ? null : new Rare(charge, origin, item.notBefore(), key);
    }

    /** A new one with the values of now. */
    Item item() {
        return new Item(
                envelope, priority, isKeyed() ? orderKey() : 0, rare == null ? 0 : rare.notBefore, expires, attempt);
    }

    /** Null if it has none. */
    Long orderKey() {
        return rare == null ? null : rare.orderKey;
    }

    /** Null if it never was a dead letter. */
    Origin origin() {
        return rare == null ? null : rare.origin;
    }

    /** Its hold on the bytes of the envelope, which others have, too; null if it has them alone. */
    Charge charge() {
        return rare == null ? null : rare.charge;
    }

    /** Lets go of the bytes of the envelope. */
    void letGo(EnvelopeBudget budget) {
        Charge.letGo(charge(), budget, envelope);
    }

    Place place() {
        return PLACES[place];
    }

    void place(Place now) {
        place = (byte) now.ordinal();
    }

    int attempt() {
        return attempt;
    }

    /** One attempt more. */
    void attempted() {
        attempt += attempt == Integer.MAX_VALUE ? 0 : 1;
    }

    int priority() {
        return priority;
    }

    boolean isKeyed() {
        return orderKey() != null;
    }

    boolean isExpired(long wallMillis) {
        return expires != 0 && wallMillis >= expires;
    }
}
