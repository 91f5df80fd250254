package symphony.segmentlog;

/** How far a log may be read: all segments before this one, this one up to the limit, none after it. */
record Visible(long segment, int limit) {
    /** All that is there. */
    static final Visible ALL = new Visible(Long.MAX_VALUE, Integer.MAX_VALUE);

    int limitOf(long other) {
        return other < segment ? Integer.MAX_VALUE : limit;
    }
}
