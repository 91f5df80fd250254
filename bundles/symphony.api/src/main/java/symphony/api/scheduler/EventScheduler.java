package symphony.api.scheduler;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.osgi.annotation.versioning.ProviderType;
import symphony.api.event.Event;
import symphony.api.event.Recurrence;
import symphony.api.event.Schedule;

/**
 * Publishes events later. They wait sealed, in a crypto context of their own, and are opened, routed and sealed anew when
 * they are due: subscriptions and permissions of that moment count. Of events due together the more urgent come first, then
 * the earlier due, then the one scheduled first. Thread-safe.
 *
 * <p>A schedule belongs to the bundle that made it, and is cancelled when that bundle stops, unless its recurrence is kept
 * without owner. All methods throw
 * {@code NullPointerException} for null; those that schedule {@link symphony.api.rbac.AccessDeniedException} if the owner has
 * no permission {@code schedule:create:<topic>}.
 *
 * <p>A service with bundle scope: it knows its caller. One that schedules in the name of another bundle needs the permission
 * {@code schedule:create-as:<owner>}; to cancel a schedule of another's that it has found it needs
 * {@code schedule:cancel:<id>}, and for all of an owner's {@code schedule:cancel:*}.
 */
@ProviderType
public interface EventScheduler {
    /** Longest delay. */
    Duration MAX_DELAY = Duration.ofDays(3653);

    /**
     * Schedules an event after a delay. Wall-clock jumps do not move it.
     *
     * @param event what
     * @param owner whose it is: the symbolic name of a bundle, the publisher of the event
     * @param delay not negative, at most {@link #MAX_DELAY}
     * @return the schedule, refused if the scheduler is stopping or the memory is full
     * @throws IllegalArgumentException if the delay is out of range, or the event cannot be sealed
     */
    Schedule schedule(Event event, String owner, Duration delay);

    /**
     * Schedules an event at an instant of the wall clock; at once if it has passed. When the wall clock jumps it follows.
     *
     * @param event what
     * @param owner whose it is: the symbolic name of a bundle, the publisher of the event
     * @param at when, at most {@link #MAX_DELAY} ahead
     * @return the schedule, refused if the scheduler is stopping or the memory is full
     * @throws IllegalArgumentException if the instant is too far ahead, or the event cannot be sealed
     */
    Schedule schedule(Event event, String owner, Instant at);

    /**
     * Schedules an event again and again. It is opened for each publishing, and waits sealed in between; each time it gets an id
     * of its own. If it is refused it is offered again until its next time comes, which then takes its place.
     *
     * @param event what; without an id
     * @param owner whose it is: the symbolic name of a bundle, the publisher of the events
     * @param recurrence when
     * @return the schedule, refused if the scheduler is stopping or the memory is full
     * @throws IllegalArgumentException if the event has an id or cannot be sealed, the cron expression cannot be read or never
     *     comes true, the first time is too far ahead, or later than the last
     */
    Schedule schedule(Event event, String owner, Recurrence recurrence);

    /**
     * What waits; of one's own, unless the caller has {@code schedule:list:scheduler}.
     *
     * @param most at most so many, not negative
     * @return an unmodifiable list, the next due first
     * @throws IllegalArgumentException if the number is negative
     */
    List<Schedule> scheduled(int most);

    /**
     * Finds a schedule that waits; of one's own, unless the caller has {@code schedule:list:scheduler} or may cancel it.
     *
     * @param id its id
     * @return the schedule, if it is there
     */
    Optional<Schedule> find(UUID id);

    /**
     * Cancels what an owner has scheduled, also what is kept without it.
     *
     * @param owner the symbolic name of a bundle
     * @return how many were cancelled
     */
    int cancelAll(String owner);

    /**
     * How many wait.
     *
     * @return 0 or more
     */
    int count();
}
