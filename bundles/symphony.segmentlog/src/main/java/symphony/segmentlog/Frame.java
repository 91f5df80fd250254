package symphony.segmentlog;

/**
 * One appended body, byte for byte as it was appended. Two frames are equal only if they share the array.
 *
 * @param position where the frame begins; what its append returned
 * @param next the position behind it
 * @param body what was appended, opened if it was sealed; a new array, which is the receiver's
 */
public record Frame(Position position, Position next, byte[] body) implements LogItem {
    /**
     * Whether it begins its segment: no frame lies before it there, nor is one missing.
     *
     * @return whether it stands where the first one does
     */
    public boolean isFirst() {
        return position.offset() == Format.FRAMES_AT;
    }
}
