package symphony.dispatcher;

import java.time.Duration;

/**
 * A lane that nobody serves, and when it is given up. Immutable; times are the timer's.
 *
 * @param lane the lane
 * @param number which parking of the lane it is
 * @param overNanos when its time of grace is over
 * @param afterNanos how long it is kept from the end of a departure on
 * @param latestNanos when it is given up whoever leaves
 */
record Parked(Lane lane, long number, long overNanos, long afterNanos, long latestNanos) {
    /** What follows departures, the start of new code, takes no longer than this, however long the grace. */
    private static final Duration MOST_AFTER = Duration.ofMinutes(1);

    private static final Duration LEAST_PUT_OFF = Duration.ofMinutes(1);
    private static final int DEPARTURES_PUT_OFF = 6;

    /** From now on for its grace; departures put the end off by as long as some of them may take one after the other. */
    static Parked from(long nowNanos, Lane lane, long number, Duration grace, Duration departureDeadline) {
        long over = nowNanos + grace.toNanos();
        long putOff = Math.max(
                LEAST_PUT_OFF.toNanos(),
                departureDeadline.multipliedBy(DEPARTURES_PUT_OFF).toNanos());
        return new Parked(lane, number, over, Math.min(grace.toNanos(), MOST_AFTER.toNanos()), over + putOff);
    }

    /** Whether the lane has been served, retired or parked again since. Registry's lock. */
    boolean isVoid() {
        return lane.parking() != number || !lane.active().isEmpty();
    }

    /** When it is given up if nobody leaves from now on: its grace is over, and so is the time after the last departure. */
    long dueNanos(long lastDepartureNanos) {
        long after = lastDepartureNanos + afterNanos;
        long due = after - overNanos > 0 ? after : overNanos;
        return due - latestNanos > 0 ? latestNanos : due;
    }
}
