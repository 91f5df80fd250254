package symphony.segmentlog;

/** How a segment ends. */
public enum Ending {
    /** With a mark, written after all before it was forced: it was closed, or another one followed it. */
    CLOSED,
    /** Without one, behind a whole frame: it is still written, or its process ended between two groups. */
    UNFINISHED,
    /** Without one, and with bytes that are no whole frame: a group is being written, or its process ended meanwhile. */
    TORN,
    /** Nobody knows: its header, or all of it, cannot be read. */
    UNREADABLE
}
