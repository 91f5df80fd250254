package symphony.audit;

import java.util.Arrays;

/** The end of the chain: the last record's sequence and hash. Not to be changed. */
record Head(long sequence, byte[] hash) {
    /** Before the first record. */
    static Head none() {
        return new Head(0, ChainHash.none());
    }

    boolean is(long otherSequence, byte[] otherHash) {
        return sequence == otherSequence && Arrays.equals(hash, otherHash);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Head head && is(head.sequence, head.hash);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(hash);
    }
}
