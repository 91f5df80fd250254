package symphony.scheduler;

import java.util.Arrays;
import java.util.function.LongConsumer;

/**
 * Deadlines by time, equal ones in the order they were added. Guarded by its owner's lock.
 */
final class DeadlineHeap {
    /*
     * A 4-ary heap (Johnson 1975: half the levels of a binary one, and the four children share a cache line) over parallel
     * arrays, 36 bytes a deadline, no object per deadline.
     *
     * A deadline lives in a slot from add to removal. By heap position: deadline, order and slot; by slot: position,
     * generation, cookie, callback. The position per slot makes removal from the middle O(log n), so that what is cancelled
     * is gone at once. Free slots are chained through the positions.
     *
     * A ticket is generation << 32 | slot. The generation of a slot grows with each use, so that a ticket whose deadline is
     * gone never meets the slot's next tenant (before 2^31 uses of that slot in between). It begins at 1: no ticket is 0.
     *
     * Deadlines are compared by difference, as System.nanoTime() wants it: exact while all lie within 292 years. The order is
     * an int compared by difference, too: equal deadlines keep their order unless 2^31 others were added in between.
     *
     * Arrays grow by half while small and by a quarter later, and stay as large as the most deadlines there were at a time.
     */
    static final long NO_TICKET = 0;

    private static final int FIRST_CAPACITY = 64;
    private static final int SMALL = 1 << 16;
    private static final int ARITY_SHIFT = 2;
    private static final int NONE = -1;

    private long[] deadlines = new long[FIRST_CAPACITY];
    private int[] orders = new int[FIRST_CAPACITY];
    private int[] slots = new int[FIRST_CAPACITY];

    private int[] positions = new int[FIRST_CAPACITY];
    private int[] generations = new int[FIRST_CAPACITY];
    private long[] cookies = new long[FIRST_CAPACITY];
    private LongConsumer[] callbacks = new LongConsumer[FIRST_CAPACITY];

    private int size;
    private int usedSlots;
    private int freeSlot = NONE;
    private int nextOrder;

    int size() {
        return size;
    }

    int capacity() {
        return deadlines.length;
    }

    long add(long deadline, LongConsumer callback, long cookie) {
        int slot = takeSlot();
        cookies[slot] = cookie;
        callbacks[slot] = callback;
        siftUp(size++, deadline, nextOrder++, slot);
        return (long) generations[slot] << Integer.SIZE | slot;
    }

    /** Removes a deadline, unless it is gone. */
    boolean remove(long ticket) {
        int slot = (int) ticket;
        int generation = (int) (ticket >>> Integer.SIZE);
        if (slot < 0 || slot >= usedSlots || generations[slot] != generation || callbacks[slot] == null) {
            return false;
        }
        removeAt(positions[slot]);
        freeSlot(slot);
        return true;
    }

    /** The first deadline; only if there is one. */
    long firstDeadline() {
        return deadlines[0];
    }

    LongConsumer firstCallback() {
        return callbacks[slots[0]];
    }

    long firstCookie() {
        return cookies[slots[0]];
    }

    void removeFirst() {
        int slot = slots[0];
        removeAt(0);
        freeSlot(slot);
    }

    void clear() {
        while (size > 0) {
            freeSlot(slots[--size]);
        }
    }

    private int takeSlot() {
        int slot = freeSlot;
        if (slot == NONE) {
            if (usedSlots == deadlines.length) {
                grow();
            }
            slot = usedSlots++;
        } else {
            freeSlot = positions[slot];
        }
        int generation = generations[slot] + 1;
        generations[slot] = generation < 0 ? 1 : generation;
        return slot;
    }

    private void freeSlot(int slot) {
        callbacks[slot] = null;
        positions[slot] = freeSlot;
        freeSlot = slot;
    }

    /** All or nothing: memory may run out on the way. */
    private void grow() {
        int old = deadlines.length;
        int capacity = Math.addExact(old, old < SMALL ? old >> 1 : old >> 2);
        long[] moreDeadlines = Arrays.copyOf(deadlines, capacity);
        int[] moreOrders = Arrays.copyOf(orders, capacity);
        int[] moreSlots = Arrays.copyOf(slots, capacity);
        int[] morePositions = Arrays.copyOf(positions, capacity);
        int[] moreGenerations = Arrays.copyOf(generations, capacity);
        long[] moreCookies = Arrays.copyOf(cookies, capacity);
        LongConsumer[] moreCallbacks = Arrays.copyOf(callbacks, capacity);
        deadlines = moreDeadlines;
        orders = moreOrders;
        slots = moreSlots;
        positions = morePositions;
        generations = moreGenerations;
        cookies = moreCookies;
        callbacks = moreCallbacks;
    }

    private void removeAt(int position) {
        int last = --size;
        if (position == last) {
            return;
        }
        long deadline = deadlines[last];
        int order = orders[last];
        int slot = slots[last];
        int parent = position - 1 >> ARITY_SHIFT;
        if (position > 0 && isBefore(deadline, order, parent)) {
            siftUp(position, deadline, order, slot);
        } else {
            siftDown(position, deadline, order, slot);
        }
    }

    private void siftUp(int from, long deadline, int order, int slot) {
        int position = from;
        while (position > 0) {
            int parent = position - 1 >> ARITY_SHIFT;
            if (!isBefore(deadline, order, parent)) {
                break;
            }
            put(position, deadlines[parent], orders[parent], slots[parent]);
            position = parent;
        }
        put(position, deadline, order, slot);
    }

    private void siftDown(int from, long deadline, int order, int slot) {
        int position = from;
        for (int child = firstChild(position); child < size; child = firstChild(position)) {
            int least = leastOf(child, Math.min(child + (1 << ARITY_SHIFT), size));
            if (isBefore(deadline, order, least)) {
                break;
            }
            put(position, deadlines[least], orders[least], slots[least]);
            position = least;
        }
        put(position, deadline, order, slot);
    }

    private int leastOf(int first, int end) {
        int least = first;
        for (int child = first + 1; child < end; child++) {
            if (isBefore(deadlines[child], orders[child], least)) {
                least = child;
            }
        }
        return least;
    }

    private static int firstChild(int position) {
        return (position << ARITY_SHIFT) + 1;
    }

    private boolean isBefore(long deadline, int order, int position) {
        long difference = deadline - deadlines[position];
        return difference < 0 || difference == 0 && order - orders[position] < 0;
    }

    private void put(int position, long deadline, int order, int slot) {
        deadlines[position] = deadline;
        orders[position] = order;
        slots[position] = slot;
        positions[slot] = position;
    }
}
