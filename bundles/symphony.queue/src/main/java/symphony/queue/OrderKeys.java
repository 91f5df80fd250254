package symphony.queue;

import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.Consumer;

/** Which order keys are busy, and the events that are held back behind them. Guarded by the queue's lock. */
final class OrderKeys {
    /*
     * An event is moved here only when it comes to the head of its level while its key is busy, so a level's list is never
     * searched. When the key gets free, the first one of each priority goes back to its level: at most ten, and among those
     * the level heads decide by effective priority. Thus, while a key is free, the first event of each of its priorities
     * stands in its level; further ones may stand here or there.
     */
    private static final int PRIORITIES = 10;

    private static final class Key {
        boolean busy;
        int count;
        final PriorityQueue<Entry>[] held = queues();

        @SuppressWarnings({"unchecked", "rawtypes"}) // Arrays have no type arguments; nothing else is put in.
        private static PriorityQueue<Entry>[] queues() {
            return new PriorityQueue[PRIORITIES];
        }

        void hold(Entry entry) {
            int priority = entry.priority();
            if (held[priority] == null) {
                held[priority] = new PriorityQueue<>(Entry.BY_SEQUENCE);
            }
            held[priority].add(entry);
            count++;
        }

        Entry next(int priority) {
            return held[priority] == null ? null : held[priority].peek();
        }

        /** Takes away what {@link #next} gave. */
        void removeNext(int priority) {
            held[priority].poll();
            if (held[priority].isEmpty()) {
                held[priority] = null;
            }
            count--;
        }
    }

    private final Map<Long, Key> keys = new HashMap<>();
    private int busy;

    boolean anyBusy() {
        return busy > 0;
    }

    boolean isBusy(Entry entry) {
        if (busy == 0 || !entry.isKeyed()) {
            return false;
        }
        Key key = keys.get(entry.orderKey());
        return key != null && key.busy;
    }

    /** From now on the others of its key, which was free, are held back. */
    void occupy(Entry entry) {
        keys.computeIfAbsent(entry.orderKey(), k -> new Key()).busy = true;
        busy++;
    }

    /** Takes one whose key is busy and that stands at the head of its level. */
    void hold(Entry entry) {
        keys.get(entry.orderKey()).hold(entry);
    }

    /** The key is free: gives back the first held one of each priority. */
    void free(Entry entry, Consumer<Entry> back) {
        if (!entry.isKeyed()) {
            return;
        }
        Key key = keys.get(entry.orderKey());
        key.busy = false;
        busy--;
        for (int priority = 0; priority < PRIORITIES && key.count > 0; priority++) {
            giveBack(key, priority, back);
        }
        forgetIfUnused(entry, key);
    }

    /** One of a free key is gone from its level without having been leased: the next of its priority takes its place. */
    void replace(Entry gone, Consumer<Entry> back) {
        Key key = gone.isKeyed() ? keys.get(gone.orderKey()) : null;
        if (key != null && !key.busy) {
            giveBack(key, gone.priority(), back);
            forgetIfUnused(gone, key);
        }
    }

    private static void giveBack(Key key, int priority, Consumer<Entry> back) {
        Entry next = key.next(priority);
        if (next != null) {
            back.accept(next);
            key.removeNext(priority);
        }
    }

    private void forgetIfUnused(Entry entry, Key key) {
        if (!key.busy && key.count == 0) {
            keys.remove(entry.orderKey());
        }
    }

    void clear() {
        keys.clear();
        busy = 0;
    }
}
