package symphony.crypto;

import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Keys derived lately, at most so many: sets of {@value #WAYS}, chosen by the salt, with second chance within a set (the
 * clock algorithm). Only keys whose commitment was right come in, so forged envelopes push nothing out. Races lose an entry
 * at worst, which is then derived again. Thread-safe, never blocks.
 */
final class DerivedKeys {
    static final int WAYS = 4;

    private final AtomicReferenceArray<DerivedKey> entries;
    private final int setMask;

    /** {@code capacity} is rounded up to a power of two, {@value #WAYS} at least. */
    DerivedKeys(int capacity) {
        int sets = Integer.highestOneBit(Math.max(1, (capacity + WAYS - 1) / WAYS) * 2 - 1);
        this.setMask = sets - 1;
        this.entries = new AtomicReferenceArray<>(sets * WAYS);
    }

    /** The key that the message was sealed with, if it says so itself; anything behind that is for the cipher to find. */
    DerivedKey get(KeysetKey origin, Message message) throws NotOpenedException {
        int set = set(hash(message.bytes(), message.saltAt()));
        for (int i = set; i < set + WAYS; i++) {
            DerivedKey entry = entries.get(i);
            if (entry != null && entry.belongsTo(origin, message)) {
                entry.markUsed();
                return checked(entry, message);
            }
        }
        DerivedKey derived = checked(new DerivedKey(origin, message.salt()), message);
        put(derived);
        return derived;
    }

    private static DerivedKey checked(DerivedKey key, Message message) throws NotOpenedException {
        if (!key.isCommittedToIn(message)) {
            throw new NotOpenedException(OpenFailure.COMMITMENT);
        }
        return key;
    }

    void put(DerivedKey key) {
        int set = set(key.saltHash());
        int victim = set;
        for (int i = set; i < set + WAYS; i++) {
            DerivedKey entry = entries.get(i);
            if (entry == null) {
                victim = i;
                break;
            }
            if (!entry.wasUsed()) {
                victim = i;
            }
        }
        entries.set(victim, key);
    }

    int capacity() {
        return entries.length();
    }

    int size() {
        int size = 0;
        for (int i = 0; i < entries.length(); i++) {
            size += entries.get(i) == null ? 0 : 1;
        }
        return size;
    }

    /** Salts are random: four of their bytes are hash enough. */
    static int hash(byte[] bytes, int at) {
        return bytes[at] << 24 | (bytes[at + 1] & 0xff) << 16 | (bytes[at + 2] & 0xff) << 8 | bytes[at + 3] & 0xff;
    }

    private int set(int hash) {
        return (hash & setMask) * WAYS;
    }
}
