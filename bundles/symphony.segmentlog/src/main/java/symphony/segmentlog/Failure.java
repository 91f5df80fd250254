package symphony.segmentlog;

import symphony.segmentlog.SegmentLogException.Reason;

/** Why something was not done, until somebody asks: each gets an exception with a trace of its own. */
record Failure(Reason reason, String message, Throwable cause) {
    SegmentLogException toException() {
        return new SegmentLogException(reason, message, cause);
    }
}
