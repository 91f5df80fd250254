package symphony.queue;

import java.time.Instant;
import java.util.Comparator;

/**
 * Where an event came from: known from its entry while it waits, and kept beside it once it was a dead letter.
 *
 * @param generation which queue of its identity took it, since one that was forgotten may be made anew
 * @param sequence of its first push there
 * @param pushed when that was
 * @param redriven how often it was re-driven since
 */
record Origin(long generation, long sequence, Instant pushed, int redriven) {
    /** Order of the first push among the queues of one identity. */
    static final Comparator<Origin> BY_PLACE =
            Comparator.comparingLong(Origin::generation).thenComparingLong(Origin::sequence);

    Origin redrivenOnceMore() {
        return new Origin(generation, sequence, pushed, redriven == Integer.MAX_VALUE ? redriven : redriven + 1);
    }
}
