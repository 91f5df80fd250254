package symphony.dispatcher;

import java.util.ArrayList;
import java.util.List;

/**
 * The lanes that wait for a worker: by priority, within one by arrival; and all of them by arrival. Each operation takes
 * constant time. Guarded by the pool's lock, but for {@link Entry#priority()}.
 */
final class ReadyLanes {
    static final int NOBODY = 10;

    private final Entry[] byPriority = new Entry[NOBODY];
    private final Entry byAge = new Entry(null, null);
    private int occupied;
    private int size;

    ReadyLanes() {
        for (int i = 0; i < NOBODY; i++) {
            byPriority[i] = new Entry(null, null);
        }
    }

    /** A lane's place in a pool. The links are circular; the heads of the lists are entries without a lane. */
    static final class Entry {
        final Lane lane;
        final Pool pool;
        private volatile boolean left;
        private volatile int priority = NOBODY;
        private long sinceNanos;
        private Entry next = this;
        private Entry previous = this;
        private Entry younger = this;
        private Entry older = this;

        /** Whether its queue failed, when it is asked again, and whose turn is next. Guarded by the pool's lock. */
        boolean failed;

        long againNanos;
        Entry nextFailed;

        Entry(Lane lane, Pool pool) {
            this.lane = lane;
            this.pool = pool;
        }

        /** Its lane goes to another pool: it is listed no more. */
        void leave() {
            left = true;
        }

        boolean hasLeft() {
            return left;
        }

        /** The priority it waits with, {@link #NOBODY} if it does not wait. Any thread. */
        int priority() {
            return priority;
        }

        boolean isListed() {
            return priority != NOBODY;
        }

        long sinceNanos() {
            return sinceNanos;
        }
    }

    void add(Entry entry, int priority, long now) {
        entry.sinceNanos = now;
        Entry youngest = byAge.older;
        entry.older = youngest;
        entry.younger = byAge;
        youngest.younger = entry;
        byAge.older = entry;
        size++;
        link(entry, priority);
    }

    /** It stays listed at each moment: whoever looks at its priority without the lock must not think that it is not. */
    void move(Entry entry, int priority) {
        unlink(entry);
        link(entry, priority);
    }

    void remove(Entry entry) {
        unlink(entry);
        entry.priority = NOBODY;
        entry.older.younger = entry.younger;
        entry.younger.older = entry.older;
        entry.older = entry;
        entry.younger = entry;
        size--;
    }

    private void link(Entry entry, int priority) {
        Entry head = byPriority[priority];
        Entry last = head.previous;
        entry.previous = last;
        entry.next = head;
        last.next = entry;
        head.previous = entry;
        entry.priority = priority;
        occupied |= 1 << priority;
    }

    private void unlink(Entry entry) {
        Entry head = byPriority[entry.priority];
        entry.previous.next = entry.next;
        entry.next.previous = entry.previous;
        entry.next = entry;
        entry.previous = entry;
        if (head.next == head) {
            occupied &= ~(1 << entry.priority);
        }
    }

    int size() {
        return size;
    }

    /** The priority of the most urgent, {@link #NOBODY} if none waits. */
    int topPriority() {
        return occupied == 0 ? NOBODY : Integer.numberOfTrailingZeros(occupied);
    }

    /** The one to serve first; there must be one. */
    Entry mostUrgent() {
        return byPriority[topPriority()].next;
    }

    /** Those that have waited longest, at most so many. */
    List<Entry> oldest(int most) {
        var some = new ArrayList<Entry>(Math.min(most, size));
        for (Entry entry = byAge.younger; entry != byAge && some.size() < most; entry = entry.younger) {
            some.add(entry);
        }
        return some;
    }

    /** The one that has waited longest; there must be one. */
    Entry oldest() {
        return byAge.younger;
    }
}
