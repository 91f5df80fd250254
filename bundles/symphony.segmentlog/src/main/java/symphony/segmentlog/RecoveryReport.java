package symphony.segmentlog;

import java.util.List;
import java.util.stream.Stream;

/**
 * What was found when a log was opened: no byte of it was changed, and what is whole can be read whatever stands here.
 *
 * @param segments what each segment has, by number
 * @param missing ranges of segments between others whose files are gone, in order
 */
public record RecoveryReport(List<SegmentReport> segments, List<Gap> missing) {
    /** Keeps copies of the lists. */
    public RecoveryReport {
        segments = List.copyOf(segments);
        missing = List.copyOf(missing);
    }

    /**
     * How many frames can be read, unless seals do not open.
     *
     * @return the sum over all segments
     */
    public long frames() {
        return segments.stream().mapToLong(SegmentReport::frames).sum();
    }

    /**
     * Everything that is not whole.
     *
     * @return torn, damaged and missing ranges, by position
     */
    public List<Gap> gaps() {
        return Stream.concat(segments.stream().flatMap(segment -> segment.gaps().stream()), missing.stream())
                .sorted((one, other) -> one.position().compareTo(other.position()))
                .toList();
    }

    /**
     * Whether something that was acknowledged may be lost, which a crash alone does not do.
     *
     * @return true if a range is damaged or missing
     */
    public boolean isDamaged() {
        return gaps().stream().anyMatch(gap -> gap.cause() != Gap.Cause.TORN && gap.cause() != Gap.Cause.HEADER_COPY);
    }
}
