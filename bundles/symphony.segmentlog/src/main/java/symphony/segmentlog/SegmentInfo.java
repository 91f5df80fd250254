package symphony.segmentlog;

/**
 * One segment of an open log.
 *
 * @param number its number, as in {@link Position#segment}
 * @param fileBytes size of its file, with what is preallocated behind its frames
 * @param isSealed whether its frames are sealed; false, too, if its header cannot be read
 * @param keyId the number of the key that they are sealed with, see {@link SegmentKeys}; 0 if they are not
 */
public record SegmentInfo(long number, long fileBytes, boolean isSealed, int keyId) {}
