package symphony.scheduler;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import symphony.api.event.Event;
import symphony.api.event.Recurrence;
import symphony.api.event.Schedule;
import symphony.api.scheduler.EventScheduler;
import symphony.component.Guard;

/** The scheduler as one caller sees it: in the name of others, and with what is theirs, it does what it may. Thread-safe. */
class CallerScheduler implements EventScheduler {
    private static final String DOMAIN = "schedule";
    private static final String CANCEL = "cancel";

    private final EventSchedulerEngine engine;
    private final Guard guard;
    private final String caller;

    /** For a principal. */
    CallerScheduler(EventSchedulerEngine engine, Guard guard, String caller) {
        this.engine = engine;
        this.guard = guard;
        this.caller = caller;
    }

    @Override
    public Schedule schedule(Event event, String owner, Duration delay) {
        checkOwner(owner);
        return engine.schedule(event, owner, delay);
    }

    @Override
    public Schedule schedule(Event event, String owner, Instant at) {
        checkOwner(owner);
        return engine.schedule(event, owner, at);
    }

    @Override
    public Schedule schedule(Event event, String owner, Recurrence recurrence) {
        checkOwner(owner);
        return engine.schedule(event, owner, recurrence);
    }

    private void checkOwner(String owner) {
        if (!Objects.requireNonNull(owner, "owner").equals(caller)) {
            guard.checkForItself(caller, DOMAIN, "create-as", owner);
        }
    }

    @Override
    public List<Schedule> scheduled(int most) {
        List<Schedule> found = mayList() ? engine.scheduled(most) : engine.scheduledBy(caller, most);
        return found.stream().map(this::seen).toList();
    }

    @Override
    public Optional<Schedule> find(UUID id) {
        return engine.find(id)
                .filter(schedule -> schedule.owner().equals(caller) || mayList() || mayCancel(id))
                .map(this::seen);
    }

    private boolean mayList() {
        return guard.wouldAllow(caller, DOMAIN, "list", "scheduler");
    }

    private boolean mayCancel(UUID id) {
        return guard.wouldAllow(caller, DOMAIN, CANCEL, id.toString());
    }

    private Schedule seen(Schedule schedule) {
        return schedule.owner().equals(caller) ? schedule : new OthersSchedule(schedule, this::checkCancel);
    }

    private void checkCancel(UUID id) {
        guard.check(caller, DOMAIN, CANCEL, id.toString());
    }

    @Override
    public int cancelAll(String owner) {
        if (!Objects.requireNonNull(owner, "owner").equals(caller)) {
            guard.check(caller, DOMAIN, CANCEL, "*");
        }
        return engine.cancelAll(owner);
    }

    @Override
    public int count() {
        return engine.count();
    }
}
