package symphony.queue;

import java.util.PriorityQueue;

/** The due events of one priority, in the order of their first push. Guarded by the queue's lock. */
final class Level {
    /*
     * New events come in the order of their sequence: a singly linked list through the entries takes them. Those that come
     * back (after a retry, a release, a delay, or from behind their order key) belong somewhere within: they stand in a
     * small heap beside the list, and the smaller of both heads is the level's head. So nothing ever searches a list, unless
     * there is no memory for the heap: what was handed out must be able to come back in any case.
     */
    private Entry first;
    private Entry last;
    private PriorityQueue<Entry> returned;
    /** Events of this priority that wait or are delayed, wherever they stand. */
    int depth;

    /** Adds one whose sequence is larger than all that were added this way. */
    void append(Entry entry) {
        if (first == null) {
            first = entry;
        } else {
            last.next = entry;
        }
        last = entry;
    }

    /** Puts one back at its place. Needs no memory, though it takes more time without. */
    void putBack(Entry entry) {
        try {
            addReturned(entry);
        } catch (OutOfMemoryError e) {
            insert(entry);
        }
    }

    private void addReturned(Entry entry) {
        if (returned == null) {
            returned = new PriorityQueue<>(Entry.BY_SEQUENCE);
        }
        returned.add(entry);
    }

    /** Puts one back at its place in the list: in time that grows with what stands before it, without memory. */
    void insert(Entry entry) {
        Entry before = null;
        Entry after = first;
        while (after != null && after.sequence < entry.sequence) {
            before = after;
            after = after.next;
        }
        entry.next = after;
        if (before == null) {
            first = entry;
        } else {
            before.next = entry;
        }
        if (after == null) {
            last = entry;
        }
    }

    /** The one pushed first, or null. */
    Entry head() {
        Entry back = returned == null ? null : returned.peek();
        if (first == null || back != null && back.sequence < first.sequence) {
            return back;
        }
        return first;
    }

    /** Takes the head away. */
    void removeHead() {
        Entry head = head();
        if (head == first) {
            first = head.next;
            head.next = null;
            if (first == null) {
                last = null;
            }
        } else {
            returned.poll();
            if (returned.isEmpty()) {
                returned = null;
            }
        }
    }

    /** Forgets all of them, not their number. */
    void clear() {
        for (Entry entry = first; entry != null; ) {
            Entry behind = entry.next;
            entry.next = null;
            entry = behind;
        }
        first = null;
        last = null;
        returned = null;
    }
}
