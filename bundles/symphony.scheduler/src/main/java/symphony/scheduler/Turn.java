package symphony.scheduler;

import java.util.Optional;

/**
 * What to do about the times of a recurrence that are due.
 *
 * @param fires whether an event is published
 * @param skipped how many times are passed over
 * @param admitted how many of the times that follow have passed already and will be caught up with
 * @param next the time that follows; empty if there is none, or, with a fixed delay, if it is not known yet
 */
record Turn(boolean fires, long skipped, long admitted, Optional<Due> next) {
    /** The last time has passed. */
    static final Turn OVER = new Turn(false, 0, 0, Optional.empty());
}
