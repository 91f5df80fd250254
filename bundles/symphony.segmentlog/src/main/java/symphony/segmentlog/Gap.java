package symphony.segmentlog;

/**
 * A range of a log from which no frame can be handed out. It is empty where frames were cut out and others put in their place.
 *
 * @param position where it begins
 * @param next where whatever follows begins
 * @param cause why, for code
 * @param detail why, for people
 */
public record Gap(Position position, Position next, Cause cause, String detail) implements LogItem {
    /** Why there are no frames. */
    public enum Cause {
        /**
         * A process or a machine ended while a group was being written. None of what is missing was ever acknowledged, unless
         * the very last group of a segment was damaged later, which looks the same. Whole frames of that group behind the torn
         * one are missing, too: none is handed out without those before it.
         */
        TORN,
        /** One of two copies of a segment's header cannot be read, and the other one is used: nothing is lost. */
        HEADER_COPY,
        /** What had been forced to the disk was changed or cannot be read: frames that were acknowledged are lost. */
        DAMAGED,
        /** Files of segments between others are gone, which this log does not do by itself. */
        MISSING,
        /** The segments were removed, as the log was told; the reader came too late. */
        REMOVED,
        /**
         * The seal does not open: it was changed, it is of another key, there are no keys for a sealed segment, or a log with
         * keys has a segment that is not sealed.
         */
        SEAL
    }
}
