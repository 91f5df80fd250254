package symphony.segmentlog;

/**
 * A place in a log: where a frame begins, or where the next one will. It means the same for as long as its segment is kept, in
 * every process that reads the folder, and may be stored. Later frames have greater positions. Immutable.
 *
 * @param segment number of the segment, from 1; 0 only in {@link #BEGIN}; at most {@value #MAX_SEGMENT}
 * @param offset bytes from the beginning of that segment's file
 */
public record Position(long segment, int offset) implements Comparable<Position> {
    /** The greatest number that a segment can have: it is the name of a file with sixteen digits. */
    public static final long MAX_SEGMENT = 9_999_999_999_999_999L;

    /** Before every frame of every log: reads on from the first one that is kept. */
    public static final Position BEGIN = new Position(0, 0);

    /**
     * Checks both.
     *
     * @throws IllegalArgumentException if one is negative, or the segment too great
     */
    public Position {
        if (segment < 0 || segment > MAX_SEGMENT || offset < 0) {
            throw new IllegalArgumentException("position " + segment + ":" + offset + " must have a segment of 0 to "
                    + MAX_SEGMENT + " and an offset of 0 to " + Integer.MAX_VALUE);
        }
    }

    /**
     * What {@link #toString} made.
     *
     * @param text as {@code 12:8192}
     * @return that position
     * @throws IllegalArgumentException if it is none
     */
    public static Position parse(String text) {
        int colon = text.indexOf(':');
        try {
            return new Position(
                    Long.parseLong(text.substring(0, Math.max(colon, 0))), Integer.parseInt(text.substring(colon + 1)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("\"" + text + "\" is no position, must be as 12:8192", e);
        }
    }

    @Override
    public int compareTo(Position other) {
        int bySegment = Long.compare(segment, other.segment);
        return bySegment != 0 ? bySegment : Integer.compare(offset, other.offset);
    }

    /**
     * For people and for files.
     *
     * @return segment and offset, as {@code 12:8192}
     */
    @Override
    public String toString() {
        return segment + ":" + offset;
    }
}
