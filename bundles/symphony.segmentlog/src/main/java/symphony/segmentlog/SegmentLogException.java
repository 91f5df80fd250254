package symphony.segmentlog;

import java.io.IOException;

/** A log could not do what it was asked; the message says what, in which folder, and how to mend it. */
public class SegmentLogException extends IOException {
    private static final long serialVersionUID = 1L;

    /** Why, for code. */
    public enum Reason {
        /** Another opener has the folder, in this process or in another. */
        LOCKED,
        /** A segment is of a version of the format that this one does not know. */
        VERSION,
        /** What waits to be written has all the memory it may, or somebody waits for it. Nothing was stored; try again. */
        BUSY,
        /**
         * The file system gave no room for a frame, or for a new segment; the cause says why. Or there is no number for a new
         * segment. Nothing was stored; each later append tries again, and a smaller one may succeed.
         */
        NO_ROOM,
        /** {@link SegmentKeys} gave no key. Nothing was stored or read; each later call tries again. */
        KEY,
        /** The thread was interrupted, see {@link AppendInterruptedException}. */
        INTERRUPTED,
        /**
         * Writing or forcing failed, now or before, and the log takes nothing more until it is opened anew. Whether what waited
         * then is stored is unknown; what was refused since is not. The cause is the first failure.
         */
        STOPPED,
        /** The log was closed before. Nothing was stored. */
        CLOSED,
        /** A file could not be removed; the log goes on, and the next removal tries again. */
        NOT_REMOVED
    }

    private final Reason reason;

    SegmentLogException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /**
     * Why, for code.
     *
     * @return the reason
     */
    public Reason reason() {
        return reason;
    }
}
