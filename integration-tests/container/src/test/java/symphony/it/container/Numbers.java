package symphony.it.container;

import java.util.concurrent.atomic.AtomicLongArray;

/** A set of numbers from 0 up to a bound, whose memory does not depend on what is in it. Thread-safe. */
final class Numbers {
    private final AtomicLongArray bits;

    Numbers(long bound) {
        bits = new AtomicLongArray(Math.toIntExact((bound + Long.SIZE - 1) / Long.SIZE));
    }

    void add(long number) {
        bits.accumulateAndGet(Math.toIntExact(number / Long.SIZE), 1L << number, (all, one) -> all | one);
    }

    boolean contains(long number) {
        return (bits.get(Math.toIntExact(number / Long.SIZE)) & 1L << number) != 0;
    }

    long count() {
        long count = 0;
        for (int i = 0; i < bits.length(); i++) {
            count += Long.bitCount(bits.get(i));
        }
        return count;
    }
}
