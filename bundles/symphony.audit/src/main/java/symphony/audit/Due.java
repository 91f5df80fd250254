package symphony.audit;

/** A time of the monotonic clock at which something is to be done, once it is set. One thread only. */
final class Due {
    private boolean isSet;
    private long at;

    void set(long nanos) {
        isSet = true;
        at = nanos;
    }

    void setUnlessSet(long nanos) {
        if (!isSet) {
            set(nanos);
        }
    }

    void clear() {
        isSet = false;
    }

    boolean isSet() {
        return isSet;
    }

    boolean isOver(long now) {
        return isSet && now - at >= 0;
    }

    /** How long until then: 0 if it is over, {@code Long.MAX_VALUE} if it is not set. */
    long nanosLeft(long now) {
        return isSet ? Math.max(0, at - now) : Long.MAX_VALUE;
    }
}
