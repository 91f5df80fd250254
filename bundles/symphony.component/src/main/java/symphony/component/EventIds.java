package symphony.component;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.SplittableRandom;
import java.util.UUID;

/**
 * Ids for events: UUIDs of version 7 (RFC 9562), from several slots so that threads do not wait for each other. Within a
 * slot they increase strictly, also if the clock goes back: 48 bits of milliseconds, then 74 bits that start at random in
 * each millisecond and grow by a random step (method 2 of section 6.2). The randomness comes from a generator that is
 * seeded once per slot; ids tell events apart, they keep no secret. Thread-safe.
 */
public final class EventIds {
    private static final long RANDOM_B_MASK = (1L << 62) - 1;
    private static final int STEP_BOUND = 1 << 30;

    private final InstantSource clock;
    private final Slot[] slots;

    /**
     * Makes the slots.
     *
     * @param clock gives the milliseconds
     * @param seed asked once for each slot
     * @param slots how many; rounded up to a power of two, at least 2
     */
    public EventIds(InstantSource clock, SecureRandom seed, int slots) {
        this.clock = clock;
        this.slots = new Slot[Integer.highestOneBit(Math.max(1, slots - 1) * 2)];
        for (int i = 0; i < this.slots.length; i++) {
            this.slots[i] = new Slot(new SplittableRandom(seed.nextLong()));
        }
    }

    /**
     * The next id, from the slot of the calling thread.
     *
     * @return an id that no other call gets
     */
    public UUID next() {
        return next(Thread.currentThread().getId());
    }

    /** From the slot that a number falls into. */
    UUID next(long number) {
        int hash = (int) ((number * 0x9E3779B97F4A7C15L) >>> 40);
        return slots[hash & slots.length - 1].next(clock.millis());
    }

    /** One sequence of ids. */
    private static final class Slot {
        private final SplittableRandom random;
        private long millis = -1; // guarded by this, like the two below
        private int high;
        private long low;

        Slot(SplittableRandom random) {
            this.random = random;
        }

        synchronized UUID next(long now) {
            if (now > millis) {
                restart(now);
            } else {
                step();
            }
            return new UUID(millis << 16 | 0x7000L | high, 0x8000000000000000L | low);
        }

        private void restart(long now) {
            millis = now;
            high = random.nextInt(1 << 11); // the upper half of the 12 bits is room to grow
            low = random.nextLong() & RANDOM_B_MASK;
        }

        private void step() {
            low += 1 + random.nextInt(STEP_BOUND);
            if (low > RANDOM_B_MASK) {
                low &= RANDOM_B_MASK;
                if (++high > 0xfff) {
                    restart(millis + 1);
                }
            }
        }
    }
}
