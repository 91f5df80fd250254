package symphony.queue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The events of one queue and the order in which they are handed out: a sequential data structure, guarded by the queue's
 * lock.
 *
 * <p>Order: of all events that are due, have not expired and whose order key is free, the one with the smallest effective
 * priority, {@code max(0, priority - floor(waited / aging))}, and among equals the one pushed first. Waited is the time since
 * the first push, whatever the event did meanwhile. An order key is busy while one of its events is leased or waits for a
 * retry; then its other events, more urgent ones too, are passed over. An event that was pushed to be due later does not
 * make its key busy. One that expires while it waits for its retry keeps its key, and its slot, until the retry is due.
 */
final class Backlog {
    /*
     * Ten levels, one per priority, with a bitmap of those that may have something. Within a level the head was pushed
     * first, has waited longest and so has the best effective priority: aging never needs to move anything, the ten heads
     * are compared when one is taken. Levels, due heap and keys are made when they are first needed, since most queues of a
     * large system are empty most of the time.
     *
     * Besides, all events stand in one list by sequence, leased ones too. It tells the oldest, and since it is sorted, it
     * makes removal from the middle simple: walk it once, drop what must go, and build the levels anew.
     */
    private static final int PRIORITIES = 10;

    private final EnvelopeBudget budget;
    private Level[] levels; // null until something comes
    private final Consumer<Entry> backToLevel = this::putBack;
    private int mayHaveReady;
    private PriorityQueue<Entry> due;
    private OrderKeys keys;
    /** How many there are of each order key; null until somebody asks, since few queues take anything along. */
    private Map<Long, Integer> ofKey;

    /** How many there are of each publisher; null until somebody asks, since few publishers have limits. */
    private Map<String, Integer> ofPublisher;

    private Entry oldest;
    private Entry newest;
    private int waiting;
    private int delayed;
    private int leased;
    private long bytes;
    private long expired;
    private int expiring;
    private long nextExpiry = Long.MAX_VALUE;
    private Entry firstExpired;
    private Entry lastExpired;

    /** Empty; the budget gets back the bytes of what expires. */
    Backlog(EnvelopeBudget budget) {
        this.budget = budget;
    }

    int waiting() {
        return waiting;
    }

    int delayed() {
        return delayed;
    }

    int leased() {
        return leased;
    }

    int size() {
        return waiting + delayed + leased;
    }

    long bytes() {
        return bytes;
    }

    /** How many expired here, up to now. */
    long expired() {
        return expired;
    }

    /** Whether there is any event that can expire. */
    boolean anyExpiring() {
        return expiring > 0;
    }

    /** Before this time nothing expires that {@link #removeExpired} would remove: epoch milliseconds, the last one for never. */
    long nextExpiry() {
        return expiring == 0 ? Long.MAX_VALUE : nextExpiry;
    }

    /** False only if there is nothing to take; true may be an error, see {@link #first}. */
    boolean mayHaveReady() {
        return mayHaveReady != 0;
    }

    boolean anyKeyBusy() {
        return keys != null && keys.anyBusy();
    }

    int depth(int priority) {
        return levels == null || levels[priority] == null ? 0 : levels[priority].depth;
    }

    /** Adds a new one, due at once or, if {@code later}, at its due time. */
    void add(Entry entry, boolean later) {
        // What needs memory comes first: if there is none left, nothing has changed.
        Level level = level(entry);
        if (later) {
            entry.place(Entry.Place.DELAYED);
            delay(entry);
        }
        link(entry);
        level.depth++;
        if (!later) {
            waiting++;
            append(entry);
        }
    }

    private void link(Entry entry) {
        entry.older = newest;
        if (newest == null) {
            oldest = entry;
        } else {
            newest.newer = entry;
        }
        newest = entry;
        count(entry, 1);
        bytes += entry.envelope.size();
        if (entry.expires != 0) {
            expiring++;
            noteExpiry(entry);
        }
    }

    private void count(Entry entry, int change) {
        try {
            if (ofKey != null) {
                count(ofKey, entry, change);
            }
        } catch (OutOfMemoryError e) {
            ofKey = null; // counted anew when somebody asks
        }
        try {
            if (ofPublisher != null) {
                count(ofPublisher, entry.envelope.publisher(), change);
            }
        } catch (OutOfMemoryError e) {
            ofPublisher = null; // as above
        }
    }

    private static <K> void count(Map<K, Integer> counts, K key, int change) {
        counts.merge(key, change, (before, by) -> before + by == 0 ? null : before + by);
    }

    /** How many of a publisher are here, leased ones too. Cost: all that is here, the first time. */
    int ofPublisher(String publisher) {
        if (ofPublisher == null) {
            var counts = new HashMap<String, Integer>();
            for (Entry entry = oldest; entry != null; entry = entry.newer) {
                count(counts, entry.envelope.publisher(), 1);
            }
            ofPublisher = counts; // only now that it is whole
        }
        return ofPublisher.getOrDefault(publisher, 0);
    }

    /** Nobody asks for those of publishers any more. */
    void forgetPublishers() {
        ofPublisher = null;
    }

    private static void count(Map<Long, Integer> counts, Entry entry, int change) {
        if (entry.isKeyed()) {
            count(counts, entry.orderKey(), change);
        }
    }

    private void noteExpiry(Entry entry) {
        if (entry.expires != 0 && entry.place() != Entry.Place.LEASED && !holdsKey(entry)) {
            nextExpiry = Math.min(nextExpiry, entry.expires);
        }
    }

    private static boolean holdsKey(Entry entry) {
        return entry.place() == Entry.Place.RETRYING && entry.isKeyed();
    }

    private void unlink(Entry entry) {
        if (entry.older == null) {
            oldest = entry.newer;
        } else {
            entry.older.newer = entry.newer;
        }
        if (entry.newer == null) {
            newest = entry.older;
        } else {
            entry.newer.older = entry.older;
        }
        entry.older = null;
        entry.newer = null;
        bytes -= entry.envelope.size();
        count(entry, -1);
        if (entry.expires != 0) {
            expiring--;
        }
    }

    private Level level(Entry entry) {
        int priority = entry.priority();
        if (levels == null) {
            levels = new Level[PRIORITIES];
        }
        if (levels[priority] == null) {
            levels[priority] = new Level();
        }
        return levels[priority];
    }

    private void append(Entry entry) {
        level(entry).append(entry);
        mayHaveReady |= 1 << entry.priority();
    }

    private void putBack(Entry entry) {
        level(entry).putBack(entry);
        mayHaveReady |= 1 << entry.priority();
    }

    private void delay(Entry entry) {
        if (due == null) {
            due = new PriorityQueue<>(Entry.BY_DUE);
        }
        due.add(entry);
        delayed++;
    }

    /** The one that is due next of those that are not, or null. */
    Entry firstDelayed() {
        return due == null ? null : due.peek();
    }

    /** Moves those that are due by now to their places, and says how many. */
    int moveDue(long nanos) {
        int moved = 0;
        for (Entry entry = firstDelayed(); entry != null && entry.dueNanos - nanos <= 0; entry = firstDelayed()) {
            putBack(entry);
            due.poll();
            if (due.isEmpty()) {
                due = null;
            }
            boolean heldKey = holdsKey(entry);
            entry.place(Entry.Place.WAITING);
            noteExpiry(entry);
            delayed--;
            waiting++;
            moved++;
            if (heldKey) {
                keyIsFree(entry);
            }
        }
        return moved;
    }

    private void keyIsFree(Entry entry) {
        if (keys != null) {
            keys.free(entry, backToLevel);
        }
    }

    /** The next one to hand out, or null. Counts and removes expired ones that stand before it. */
    Entry first(long nanos, long agingNanos, long wallMillis) {
        Entry best = null;
        long bestPriority = PRIORITIES;
        for (int rest = mayHaveReady; rest != 0; rest &= rest - 1) {
            Entry head = head(Integer.numberOfTrailingZeros(rest), wallMillis);
            if (head == null) {
                continue;
            }
            long priority = effectivePriority(head, nanos, agingNanos);
            if (best == null || priority < bestPriority || priority == bestPriority && head.sequence < best.sequence) {
                best = head;
                bestPriority = priority;
            }
            if (agingNanos == 0) {
                break;
            }
        }
        return best;
    }

    static int effectivePriority(Entry entry, long nanos, long agingNanos) {
        if (agingNanos == 0) {
            return entry.priority();
        }
        long levelsWaited = Math.max(0, nanos - entry.pushedNanos) / agingNanos;
        return (int) Math.max(0, entry.priority() - levelsWaited);
    }

    private Entry head(int priority, long wallMillis) {
        Level level = levels[priority];
        for (Entry head = level.head(); head != null; head = level.head()) {
            if (head.isExpired(wallMillis)) {
                expire(level, head);
            } else if (keys != null && keys.isBusy(head)) {
                keys.hold(head); // first, since it may need memory
                level.removeHead();
            } else {
                return head;
            }
        }
        mayHaveReady &= ~(1 << priority);
        return null;
    }

    /** Takes off the head of a level. */
    private void expire(Level level, Entry head) {
        if (keys != null) {
            keys.replace(head, backToLevel); // those behind it stay behind it
        }
        level.removeHead();
        level.depth--;
        waiting--;
        unlink(head);
        countExpired(head);
    }

    /** Leases what {@link #first} gave. */
    void lease(Entry entry) {
        keyIsBusy(entry); // first, since it may need memory
        Level level = level(entry);
        level.removeHead();
        level.depth--;
        if (level.head() == null) {
            mayHaveReady &= ~(1 << entry.priority());
        }
        waiting--;
        leased++;
        entry.place(Entry.Place.LEASED);
    }

    private void keyIsBusy(Entry entry) {
        if (entry.isKeyed()) {
            if (keys == null) {
                keys = new OrderKeys();
            }
            keys.occupy(entry);
        }
    }

    /** A leased one leaves for good. */
    void remove(Entry entry) {
        leased--;
        unlink(entry);
        keyIsFree(entry);
    }

    /** A leased one returns to its place. */
    void giveBack(Entry entry) {
        putBack(entry);
        leased--;
        waiting++;
        level(entry).depth++;
        entry.place(Entry.Place.WAITING);
        noteExpiry(entry);
        keyIsFree(entry);
    }

    /** A leased one returns to its place at once, with one attempt more. */
    void retry(Entry entry) {
        giveBack(entry);
        entry.attempted();
    }

    /** A leased one returns to its place at its due time, with one attempt more. */
    void retry(Entry entry, long dueNanos) {
        giveBack(entry, dueNanos);
        entry.attempted();
    }

    /** A leased one returns to its place at its due time. */
    void giveBack(Entry entry, long dueNanos) {
        entry.dueNanos = dueNanos;
        delay(entry); // first, since it may need memory
        leased--;
        level(entry).depth++;
        entry.place(Entry.Place.RETRYING);
        noteExpiry(entry);
    }

    /**
     * Removes all expired ones, if there may be any, except those that keep their order key busy until their retry is due:
     * what is handed out must not depend on when somebody looks. Cost: all that is here, at most once per time of expiry.
     */
    boolean removeExpired(long wallMillis) {
        if (expiring == 0 || wallMillis < nextExpiry) {
            return false;
        }
        List<Entry> gone = removeIf(entry -> entry.isExpired(wallMillis) && !holdsKey(entry));
        gone.forEach(this::countExpired);
        return !gone.isEmpty();
    }

    /** Counts one that was removed. */
    void countExpired(Entry gone) {
        expired++;
        gone.letGo(budget);
        if (firstExpired == null) {
            firstExpired = gone;
        } else {
            lastExpired.next = gone;
        }
        lastExpired = gone;
    }

    /** Those that expired since it was asked last, from the first on by {@link Entry#next}; null for none. Needs no memory. */
    Entry takeExpired() {
        Entry first = firstExpired;
        firstExpired = null;
        lastExpired = null;
        return first;
    }

    /** How many of all that are here, leased ones too. Cost: all that is here. */
    int count(Predicate<Entry> condition) {
        int count = 0;
        for (Entry entry = oldest; entry != null; entry = entry.newer) {
            count += condition.test(entry) ? 1 : 0;
        }
        return count;
    }

    /** All that are here, leased ones too, by sequence. Cost: all that is here. */
    List<Entry> all(Predicate<Entry> condition) {
        var found = new ArrayList<Entry>();
        for (Entry entry = oldest; entry != null; entry = entry.newer) {
            if (condition.test(entry)) {
                found.add(entry);
            }
        }
        return found;
    }

    /** Removes some of those that wait or are delayed, and gives them by sequence. Cost: all that is here. */
    List<Entry> removeIf(Predicate<Entry> condition) {
        clearOrder();
        var gone = new ArrayList<Entry>();
        for (Entry entry = oldest; entry != null; ) {
            Entry newer = entry.newer;
            if (entry.place() != Entry.Place.LEASED && condition.test(entry)) {
                level(entry).depth--;
                unlink(entry);
                gone.add(entry);
            } else {
                restore(entry);
            }
            entry = newer;
        }
        return gone;
    }

    /**
     * Removes those of some order keys that wait or are delayed, and gives them by sequence. Cost: all that is here, if there
     * is one, and the first time.
     */
    List<Entry> removeOfKeys(Set<Long> wanted) {
        if (ofKey == null) {
            var counts = new HashMap<Long, Integer>();
            for (Entry entry = oldest; entry != null; entry = entry.newer) {
                count(counts, entry, 1);
            }
            ofKey = counts; // only now that it is whole
        }
        if (wanted.stream().noneMatch(ofKey::containsKey)) {
            return List.of();
        }
        return removeIf(entry -> entry.isKeyed() && wanted.contains(entry.orderKey()));
    }

    private void clearOrder() {
        for (int i = 0; levels != null && i < PRIORITIES; i++) {
            if (levels[i] != null) {
                levels[i].clear();
            }
        }
        mayHaveReady = 0;
        due = null;
        keys = null;
        waiting = 0;
        delayed = 0;
        nextExpiry = Long.MAX_VALUE;
    }

    private void restore(Entry entry) {
        switch (entry.place()) {
            case WAITING -> {
                waiting++;
                append(entry);
            }
            case DELAYED -> delay(entry);
            case RETRYING -> {
                delay(entry);
                keyIsBusy(entry);
            }
            case LEASED -> keyIsBusy(entry);
            default -> throw new AssertionError(entry.place());
        }
        noteExpiry(entry);
    }

    /** The one pushed last of all that are here, leased ones too, or null. */
    Entry newest() {
        return newest;
    }

    /** The one pushed first of those that are not leased, or null. Cost: the leased ones that are older. */
    Entry oldest() {
        Entry entry = oldest;
        while (entry != null && entry.place() == Entry.Place.LEASED) {
            entry = entry.newer;
        }
        return entry;
    }

    /** Those that wait, by effective priority and sequence, held back ones too. Cost: all that is here. */
    List<Entry> waitingInOrder(int most, long nanos, long agingNanos, long wallMillis) {
        // The list is by sequence, which within a priority is the order: no more than so many of each can be wanted.
        var found = new ArrayList<Entry>();
        int[] ofPriority = new int[PRIORITIES];
        for (Entry entry = oldest; entry != null; entry = entry.newer) {
            if (entry.place() == Entry.Place.WAITING
                    && ofPriority[entry.priority()] < most
                    && !entry.isExpired(wallMillis)) {
                found.add(entry);
                ofPriority[entry.priority()]++;
            }
        }
        found.sort((a, b) -> {
            int order =
                    Integer.compare(effectivePriority(a, nanos, agingNanos), effectivePriority(b, nanos, agingNanos));
            return order != 0 ? order : Entry.BY_SEQUENCE.compare(a, b);
        });
        return found.subList(0, Math.min(most, found.size()));
    }
}
