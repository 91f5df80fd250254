package symphony.segmentlog;

import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * What waits for the writer thread, in order: a stack that many threads push to and one takes as a whole, which is Treiber's (1986)
 * without a pop. Only the one who finds it empty wakes the writer. Thread-safe.
 */
final class Inbox {
    private static final Entry SHUT = new Task<Void>(() -> null);

    private final AtomicReference<Entry> newest = new AtomicReference<>();
    private final Thread writer;

    Inbox(Thread writer) {
        this.writer = writer;
    }

    /** Whether it was taken in; not once it is shut. */
    boolean add(Entry entry) {
        Entry before;
        do {
            before = newest.get();
            if (before == SHUT) {
                return false;
            }
            entry.next = before;
        } while (!newest.compareAndSet(before, entry));
        if (before == null) {
            LockSupport.unpark(writer);
        }
        return true;
    }

    boolean isShut() {
        return newest.get() == SHUT;
    }

    /** The oldest, from which all others follow; null if there is none. */
    Entry takeAll() {
        return inOrder(newest.getAndSet(null));
    }

    /** The same for the last time. */
    Entry shut() {
        Entry rest = newest.getAndSet(SHUT);
        return rest == SHUT ? null : inOrder(rest);
    }

    private static Entry inOrder(Entry last) {
        Entry oldest = null;
        for (Entry entry = last; entry != null; ) {
            Entry before = entry.next;
            entry.next = oldest;
            oldest = entry;
            entry = before;
        }
        return oldest;
    }
}
