package symphony.testing;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import symphony.api.event.Event;
import symphony.api.event.Recurrence;
import symphony.api.event.Schedule;
import symphony.api.scheduler.EventScheduler;

/** The scheduler as it is; knows which of its events are due and have not reached the dispatcher. Thread-safe. */
final class ObservedScheduler implements EventScheduler {
    /*
     * A due event is taken by the scheduler's thread, marked as fired, opened, and handed to the dispatcher; only the first and
     * the last can be seen from outside. So a schedule counts as under way from when it is due until its event was dispatched.
     *
     * The events of a recurrence have ids that nobody knows before. But the recurrence counts how many it has taken for
     * publishing: as many must have been dispatched that belong to nothing else.
     */
    private final EventScheduler scheduler;
    private final InstantSource clock;
    private final Map<UUID, List<Schedule>> underWay = new ConcurrentHashMap<>(); // by the event's id

    private final Queue<Schedule> recurring = new ConcurrentLinkedQueue<>();

    /** Events that were dispatched before schedule(…) returned, and those of recurrences. */
    private final Set<UUID> early = ConcurrentHashMap.newKeySet();

    ObservedScheduler(EventScheduler scheduler, InstantSource clock) {
        this.scheduler = scheduler;
        this.clock = clock;
    }

    /** An event of this scheduler was dispatched. */
    void dispatched(Event event) {
        UUID id = event.id().orElseThrow();
        underWay.compute(id, (same, schedules) -> {
            if (schedules == null) {
                early.add(id);
                return null;
            }
            return without(
                    schedules,
                    schedules.stream()
                            .filter(schedule -> schedule.state() != Schedule.State.WAITING)
                            .findFirst());
        });
    }

    private static List<Schedule> without(List<Schedule> schedules, Optional<Schedule> one) {
        var left = new ArrayList<>(schedules);
        one.ifPresent(left::remove);
        return left.isEmpty() ? null : left;
    }

    boolean isQuiet() {
        for (List<Schedule> schedules : underWay.values()) {
            if (schedules.stream().anyMatch(this::isBusy)) {
                return false;
            }
        }
        return recurring.stream().noneMatch(this::isBusy)
                && recurring.stream().mapToLong(Schedule::fired).sum() <= early.size();
    }

    /** When the next event is due. The scheduler's thread may not have told the timer yet. */
    Optional<Instant> nextDue() {
        return Stream.concat(underWay.values().stream().flatMap(List::stream), recurring.stream())
                .flatMap(schedule -> schedule.next().stream())
                .min(Comparator.naturalOrder());
    }

    private boolean isBusy(Schedule schedule) {
        return switch (schedule.state()) {
            case WAITING ->
                schedule.next().filter(due -> !due.isAfter(clock.instant())).isPresent();
            case FIRED -> schedule.recurrence().isEmpty();
            case CANCELLED, REFUSED -> false;
        };
    }

    private Schedule observe(Event event, Schedule schedule) {
        if (schedule.state() == Schedule.State.REFUSED) {
            return schedule;
        }
        UUID id = event.id().orElse(schedule.id());
        underWay.compute(id, (same, schedules) -> {
            if (early.remove(id)) {
                return schedules;
            }
            var more = new ArrayList<Schedule>(schedules == null ? List.of() : schedules);
            more.removeIf(old -> old.state() == Schedule.State.CANCELLED);
            more.add(schedule);
            return more;
        });
        return schedule;
    }

    @Override
    public Schedule schedule(Event event, String owner, Duration delay) {
        return observe(event, scheduler.schedule(event, owner, delay));
    }

    /** As a delay: here both clocks move together, and the scheduler need not look for jumps of the wall clock. */
    @Override
    public Schedule schedule(Event event, String owner, Instant at) {
        Duration delay = Duration.between(clock.instant(), at);
        return schedule(event, owner, delay.isNegative() ? Duration.ZERO : delay);
    }

    @Override
    public Schedule schedule(Event event, String owner, Recurrence recurrence) {
        Schedule schedule = scheduler.schedule(event, owner, recurrence);
        recurring.add(schedule);
        return schedule;
    }

    @Override
    public List<Schedule> scheduled(int most) {
        return scheduler.scheduled(most);
    }

    @Override
    public Optional<Schedule> find(UUID id) {
        return scheduler.find(id);
    }

    @Override
    public int cancelAll(String owner) {
        return scheduler.cancelAll(owner);
    }

    @Override
    public int count() {
        return scheduler.count();
    }
}
