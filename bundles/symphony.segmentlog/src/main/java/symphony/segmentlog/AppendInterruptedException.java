package symphony.segmentlog;

/** A thread was interrupted while it waited for its append. Its interrupt flag is set; nobody else is affected. */
public final class AppendInterruptedException extends SegmentLogException {
    private static final long serialVersionUID = 1L;

    private final boolean outcomeUnknown;

    AppendInterruptedException(boolean outcomeUnknown, String message, InterruptedException cause) {
        super(Reason.INTERRUPTED, message, cause);
        this.outcomeUnknown = outcomeUnknown;
    }

    /**
     * Whether the body may be stored, now or a moment later.
     *
     * @return false if it was not accepted yet, so that it never will be
     */
    public boolean outcomeUnknown() {
        return outcomeUnknown;
    }
}
