package symphony.scheduler;

import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import symphony.api.event.Event;

/**
 * An event's time to live counts from when it is published, not from when it was scheduled. So it is taken off before the
 * event is sealed, or the sealer would make it a time of expiry, and put on again when the event is due.
 */
final class TimeToLive {
    private TimeToLive() {}

    static Event takeOff(Event event) {
        return event.timeToLive().isEmpty() ? event : copy(event).build();
    }

    static Event put(Event event, Optional<Duration> time) {
        return time.isEmpty() ? event : copy(event).timeToLive(time.get()).build();
    }

    /** The same as another event: one of a recurrence. */
    static Event put(Event event, Optional<Duration> time, UUID id) {
        Event.Builder copy = copy(event).id(id);
        time.ifPresent(copy::timeToLive);
        return copy.build();
    }

    private static Event.Builder copy(Event event) {
        Event.Builder copy = Event.on(event.topic())
                .data(event.data())
                .priority(event.priority())
                .attributes(event.attributes());
        event.id().ifPresent(copy::id);
        event.key().ifPresent(copy::key);
        return copy;
    }
}
