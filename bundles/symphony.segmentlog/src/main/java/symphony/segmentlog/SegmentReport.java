package symphony.segmentlog;

import java.util.List;

/**
 * What was found in one segment when its log was opened.
 *
 * @param segment which one
 * @param frames how many whole frames it has, seals not opened
 * @param ending how it ends
 * @param gaps where it is torn or damaged, in order; also one for each copy of its header that cannot be read
 */
public record SegmentReport(SegmentInfo segment, int frames, Ending ending, List<Gap> gaps) {
    /** Keeps a copy of the list. */
    public SegmentReport {
        gaps = List.copyOf(gaps);
    }
}
