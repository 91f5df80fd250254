package symphony.component.wordpiece;

import java.util.Arrays;
import java.util.List;

/**
 * The pieces of words that an encoder knows, by number. Of each only a hash of 64 bits is kept: one that is none of some
 * 30 000 is taken for one of them once in 10^14 times. Immutable.
 */
public final class Vocabulary {
    /** What {@link #id} gives for a text that is no piece. */
    public static final int NONE = -1;

    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private final long[] hashes;
    private final int[] ids;

    private Vocabulary(long[] hashes, int[] ids) {
        this.hashes = hashes;
        this.ids = ids;
    }

    /**
     * Of pieces that are numbered from 0 on as they stand.
     *
     * @param pieces no two the same; one that goes on with a word begins with {@code ##}
     * @return the vocabulary
     */
    public static Vocabulary of(List<String> pieces) {
        return ofHashes(pieces.stream().mapToLong(Vocabulary::hash).toArray());
    }

    /**
     * Of the hashes of pieces, which are numbered from 0 on as they stand.
     *
     * @param unsorted no two the same
     * @return the vocabulary
     */
    public static Vocabulary ofHashes(long[] unsorted) {
        long[] hashes = unsorted.clone();
        Arrays.sort(hashes);
        int[] ids = new int[hashes.length];
        for (int id = 0; id < ids.length; id++) {
            ids[Arrays.binarySearch(hashes, unsorted[id])] = id;
        }
        return new Vocabulary(hashes, ids);
    }

    /** The number of a piece, or {@link #NONE}. */
    int id(int[] text, int begin, int end) {
        int at = Arrays.binarySearch(hashes, hash(text, begin, end));
        return at < 0 ? NONE : ids[at];
    }

    /**
     * By which a piece is known.
     *
     * @param piece as it stands in the vocabulary
     * @return its hash
     */
    public static long hash(String piece) {
        int[] text = piece.codePoints().toArray();
        return hash(text, 0, text.length);
    }

    /** FNV-1a over code points, mixed at the end (the finaliser of MurmurHash3). */
    private static long hash(int[] text, int begin, int end) {
        long hash = FNV_OFFSET;
        for (int i = begin; i < end; i++) {
            hash = (hash ^ text[i]) * FNV_PRIME;
        }
        hash ^= hash >>> 33;
        hash *= 0xff51afd7ed558ccdL;
        hash ^= hash >>> 33;
        hash *= 0xc4ceb9fe1a85ec53L;
        return hash ^ hash >>> 33;
    }
}
