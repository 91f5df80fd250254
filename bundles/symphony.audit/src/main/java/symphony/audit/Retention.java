package symphony.audit;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import symphony.segmentlog.SegmentInfo;

/** Which segments may go. */
final class Retention {
    private Retention() {}

    /**
     * The first record to keep, if any before it may go: those that are too old, and the oldest while all are too large. The newest
     * segment stays in any case.
     *
     * @param first the first record of each segment that has one
     */
    static Optional<TrailIndex.First> firstToKeep(
            List<TrailIndex.First> first, List<SegmentInfo> segments, AuditSettings settings, long nowMillis) {
        Map<Long, Long> sizes = new HashMap<>();
        segments.forEach(segment -> sizes.put(segment.number(), segment.fileBytes()));
        long bytes = sizes.values().stream().mapToLong(Long::longValue).sum();
        int kept = 0;
        for (; kept + 1 < first.size(); kept++) {
            // All in a segment is as old as the first record of the next one, or older.
            long age = nowMillis - first.get(kept + 1).timeMillis();
            boolean isTooOld = settings.retentionMillis() > 0 && age >= settings.retentionMillis();
            boolean isTooMuch = settings.retentionBytes() > 0 && bytes > settings.retentionBytes();
            if (!isTooOld && !isTooMuch) {
                break;
            }
            bytes -= sizes.getOrDefault(first.get(kept).segment(), 0L);
        }
        return kept == 0 ? Optional.empty() : Optional.of(first.get(kept));
    }
}
