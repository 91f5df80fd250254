package symphony.scheduler;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.audit.Outcome;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.Envelope;
import symphony.api.crypto.EventSealer;
import symphony.api.crypto.SealedStore;
import symphony.api.dispatcher.EventDispatcher;
import symphony.api.event.Event;
import symphony.api.event.Recurrence;
import symphony.api.event.Refusal;
import symphony.api.event.Refusal.Reason;
import symphony.api.event.Schedule;
import symphony.api.queue.MemoryBudget;
import symphony.api.scheduler.EventScheduler;
import symphony.api.scheduler.Timer;
import symphony.component.EventIds;
import symphony.component.Guard;

/**
 * Keeps events sealed until they are due, and has them published then. Sealer, dispatcher and memory budget come and go:
 * without a sealer new schedules are refused, without a dispatcher what is due waits for one. Thread-safe.
 */
public final class EventSchedulerEngine implements EventScheduler, SealedStore, AutoCloseable {
    /*
     * Parts. A Waiting is a schedule: sealed envelope, due time, and the one cell that decides its fate. The Agenda orders them.
     * The Publisher's thread takes out what is due. The Shelf carries what waits over a restart. This class admits and settles.
     *
     * What an entry costs, see Admission, is paid before it enters the agenda and given back by
     * whoever takes it out of the agenda for good: cancel, or the publisher. Agenda.remove() and pollReady() hand an entry to
     * exactly one caller, so it is given back once. A recurrence goes back into the agenda after each event, and stays paid for.
     *
     * Restarts (G12). Nothing waits in the component's references: sealer and dispatcher are optional and dynamic, because with
     * static ones a restart of symphony.crypto or symphony.dispatcher would restart this component as well. Envelopes stay valid
     * over a restart of the crypto bundle, its keyset is on disk.
     *
     * When this bundle itself restarts, what waits lies on the Shelf in between. It was considered to park it in a queue of the
     * memory provider. That would not hold: the provider needs the timer of this very bundle and may be going down with it; a
     * queue hands out nothing before it is due, so it could not be taken back; an item's due time is one of the wall clock, which
     * a delay must not follow; and the dispatcher would take the queue for a parked subscription. The shelf is a map of JDK
     * objects in the service registry, kept by the framework itself: nothing of ours is kept alive by it, and nothing can refuse.
     * A delay is kept as a deadline of System.nanoTime(), which goes on in the same process; an instant as an instant.
     *
     * Time. Delays go by the timer's clock and do not see jumps of the wall clock. Instants go by the wall clock: while there are
     * any, the publisher looks at it every two seconds at the latest, so that is how late a jump forward is noticed.
     */
    /** Why something is given up that can never be opened again. */
    static final Refusal KEY_DESTROYED =
            new Refusal("", Reason.UNAVAILABLE, "its key was destroyed; schedule it again");

    private static final Logger log = LoggerFactory.getLogger(EventSchedulerEngine.class);
    private static final Duration END_WAIT = Duration.ofSeconds(1);
    private static final String ACTION = "event:schedule";

    private final Timer timer;
    private final InstantSource wall;
    private final Guard guard;
    private final Shelf shelf;
    private final EventIds ids;
    private final Agenda agenda;
    private final Admission admission;
    private final Unpublished unpublished = new Unpublished();
    private final AtomicLong published = new AtomicLong();
    private final ConcurrentMap<UUID, Waiting> byId = new ConcurrentHashMap<>();
    private final WallWatch wallWatch = new WallWatch();
    private final Consumer<UUID> cancelledElsewhere = this::forgetCancelled;
    private final Runnable addedLate = this::takeLate;
    private final Publisher publisher;

    private final Predicate<String> ownerIsThere;

    /** It stops, or has stopped, and another one may follow. */
    private volatile boolean followed;

    /**
     * Takes back what a scheduler before left on the shelf, and starts.
     *
     * @param timer its clock is that of the delays
     * @param wall the clock of the instants; if it is the timer itself, it is taken to never jump
     * @param guard asked for {@code schedule:create:<topic>}, and told what is scheduled
     * @param limits how much it holds
     * @param shelf outlives this scheduler; an empty map if there is nothing to take over
     * @param ownerIsThere whether the bundle of this symbolic name is active; what others left on the shelf is cancelled, see
     *     {@link #cancelDeparted()}, too
     */
    public EventSchedulerEngine(
            Timer timer,
            InstantSource wall,
            Guard guard,
            ScheduleLimits limits,
            ConcurrentMap<String, Object> shelf,
            Predicate<String> ownerIsThere) {
        this.timer = Objects.requireNonNull(timer, "timer");
        this.wall = Objects.requireNonNull(wall, "wall");
        this.guard = Objects.requireNonNull(guard, "guard");
        this.shelf = new Shelf(shelf);
        this.ids = new EventIds(wall, new SecureRandom(), 1);
        this.ownerIsThere = Objects.requireNonNull(ownerIsThere, "ownerIsThere");
        this.admission = new Admission(limits.schedules());
        this.agenda = new Agenda(wall instanceof Timer same && same == timer ? Agenda.NEVER : Agenda.WALL_CHECK_NANOS);
        this.publisher = new Publisher(agenda, timer, wall, wallWatch, limits.retryTime(), guard, new Settlement());
        takeBack();
        publisher.start();
    }

    /**
     * Changes the limits; what waits stays, also if it is more than the new limit.
     *
     * @param limits from now on
     */
    public void apply(ScheduleLimits limits) {
        admission.most(limits.schedules());
        publisher.retryTime(limits.retryTime());
    }

    /**
     * A sealer came.
     *
     * @param sealer from now on used
     */
    public void bind(EventSealer sealer) {
        publisher.bind(sealer);
    }

    /**
     * A sealer left.
     *
     * @param sealer no longer used, unless another came before it left
     */
    public void unbind(EventSealer sealer) {
        publisher.unbind(sealer);
    }

    /**
     * A dispatcher came.
     *
     * @param dispatcher from now on gets what is due
     */
    public void bind(EventDispatcher dispatcher) {
        publisher.bind(dispatcher);
    }

    /**
     * A dispatcher left.
     *
     * @param dispatcher no longer used, unless another came before it left
     */
    public void unbind(EventDispatcher dispatcher) {
        publisher.unbind(dispatcher);
    }

    /**
     * A memory budget came; it is charged with what waits.
     *
     * @param service from now on asked
     */
    public void bind(MemoryBudget service) {
        admission.bind(service);
    }

    /**
     * A memory budget left; what waits is given back to it.
     *
     * @param service no longer asked, unless another came before it left
     */
    public void unbind(MemoryBudget service) {
        admission.unbind(service);
    }

    @Override
    public Schedule schedule(Event event, String owner, Duration delay) {
        requireAll(event, owner, delay, "delay");
        return schedule(event, owner, Due.after(delay, timer));
    }

    @Override
    public Schedule schedule(Event event, String owner, Instant at) {
        requireAll(event, owner, at, "at");
        return schedule(event, owner, Due.at(at, timer, wall));
    }

    @Override
    public Schedule schedule(Event event, String owner, Recurrence recurrence) {
        requireAll(event, owner, recurrence, "recurrence");
        event.id().ifPresent(id -> {
            throw new IllegalArgumentException("event on " + event.topic() + " has the id " + id
                    + ", but each event of a recurrence gets one of its own; leave it out");
        });
        Rhythm rhythm = Rhythm.of(recurrence);
        int corrections = wallWatch.corrections();
        Due first = Rhythm.first(recurrence, rhythm, timer, wall);
        Optional<Due> start = recurrence.startAfter().map(delay -> Due.after(delay, timer));
        Schedule schedule = schedule(
                event,
                owner,
                (id, envelope) -> new Recurring(
                        this,
                        id,
                        envelope,
                        owner,
                        event.timeToLive(),
                        recurrence,
                        rhythm,
                        Recurring.newCell(first, start)));
        if (schedule instanceof Recurring && wallWatch.corrections() != corrections) {
            // The first time may be one of the clock before, and who put the others right may not have seen this one.
            // It is
            // left to the publisher: here it may fail, and whoever called would never see what it has scheduled.
            wallWatch.sayAgain();
            publisher.wake();
        }
        return schedule;
    }

    private Schedule schedule(Event event, String owner, Due due) {
        return schedule(
                event,
                owner,
                (id, envelope) -> new Waiting(
                        this, id, envelope, owner, event.timeToLive(), due, new AtomicReference<>(Waiting.WAITING)));
    }

    /** Makes an entry of what was sealed. */
    interface Entry {
        Waiting of(UUID id, Envelope envelope);
    }

    private static void requireAll(Event event, String owner, Object when, String nameOfWhen) {
        Objects.requireNonNull(event, "event");
        Objects.requireNonNull(owner, "owner");
        Objects.requireNonNull(when, nameOfWhen);
    }

    Schedule schedule(Event event, String owner, Entry entry) {
        guard.check(owner, "schedule", "create", event.topic());
        UUID id = ids.next();
        Schedule schedule = take(event, owner, entry, id);
        Outcome outcome = schedule instanceof RefusedSchedule ? Outcome.FAILED : Outcome.DONE;
        guard.count(ACTION, owner, event.topic(), "", outcome, event.id().orElse(id));
        return schedule;
    }

    private Schedule take(Event event, String owner, Entry entry, UUID id) {
        Optional<EventSealer> sealer = publisher.sealer();
        if (agenda.isClosed()) {
            return refused(event, owner, id, Reason.CLOSED, "symphony.scheduler is stopping");
        }
        if (sealer.isEmpty()) {
            return refused(
                    event,
                    owner,
                    id,
                    Reason.UNAVAILABLE,
                    "no event can be sealed; is the bundle symphony.crypto active?");
        }
        Optional<Refusal> full = admission.takePlace();
        if (full.isPresent()) {
            return new RefusedSchedule(id, event.topic(), owner, full);
        }
        Schedule schedule = null;
        try {
            schedule = sealAndEnter(event, owner, entry, id, sealer.get());
        } finally { // memory may run out
            if (!(schedule instanceof Waiting)) {
                admission.leavePlace();
            }
        }
        if (schedule instanceof Waiting waiting) {
            forgetIfCancelled(waiting);
        }
        return schedule;
    }

    /** Pays for what is in the agenda when this returns, and for nothing else: from there on, others give it back. */
    private Schedule sealAndEnter(Event event, String owner, Entry entry, UUID id, EventSealer sealer) {
        Envelope envelope;
        try {
            envelope = sealer.seal(
                    CryptoContext.SCHEDULE,
                    TimeToLive.takeOff(event),
                    event.id().orElse(id),
                    wall.millis(),
                    owner);
        } catch (IllegalStateException e) {
            return refused(
                    event, owner, id, Reason.UNAVAILABLE, "it cannot be sealed at the moment: " + e.getMessage());
        }
        Waiting waiting = entry.of(id, envelope);
        Optional<Refusal> full = admission.takeBytes(waiting);
        if (full.isPresent()) {
            return new RefusedSchedule(id, event.topic(), owner, full);
        }
        boolean entered = false;
        try {
            entered = enter(waiting);
        } finally { // memory may run out
            if (!entered) {
                admission.giveBytes(waiting);
            }
        }
        return entered ? waiting : refused(event, owner, id, Reason.CLOSED, "symphony.scheduler is stopping");
    }

    private static Schedule refused(Event event, String owner, UUID id, Reason reason, String detail) {
        return new RefusedSchedule(id, event.topic(), owner, Optional.of(new Refusal("", reason, detail)));
    }

    /** Whether it is in the agenda. Nothing fails once it is. */
    private boolean enter(Waiting waiting) {
        Agenda.Added added = Agenda.Added.CLOSED;
        try {
            byId.put(waiting.id(), waiting); // before it can be published, which removes it here
            added = agenda.add(waiting);
        } finally {
            if (added == Agenda.Added.CLOSED) {
                byId.remove(waiting.id(), waiting);
            }
        }
        if (added == Agenda.Added.CLOSED) {
            return false;
        }
        if (added == Agenda.Added.FIRST) {
            publisher.wake();
        }
        return true;
    }

    /** Found by its id, or ended by a handle from before a restart, when it was not yet in the agenda. */
    private void forgetIfCancelled(Waiting waiting) {
        if (waiting.isOver()) {
            forget(waiting);
        }
    }

    @Override
    public List<Schedule> scheduled(int most) {
        return next(agenda.candidates(checkedMost(most)).stream(), most);
    }

    /**
     * As {@link #scheduled}, of one owner. It looks at all that there are.
     *
     * @param owner whose
     * @param most 0 or more
     * @return the next due first
     */
    public List<Schedule> scheduledBy(String owner, int most) {
        return next(byId.values().stream().filter(waiting -> waiting.owner().equals(owner)), checkedMost(most));
    }

    private static int checkedMost(int most) {
        if (most < 0) {
            throw new IllegalArgumentException("most is " + most + ", must not be negative");
        }
        return most;
    }

    private List<Schedule> next(Stream<Waiting> of, int most) {
        record Next(Instant at, Schedule schedule) {}
        return of.filter(Waiting::isWaiting)
                .map(waiting -> new Next(instantOf(waiting.due()), waiting))
                .sorted(Comparator.comparing(Next::at))
                .limit(most)
                .map(Next::schedule)
                .toList();
    }

    @Override
    public Optional<Schedule> find(UUID id) {
        return Optional.<Schedule>ofNullable(byId.get(Objects.requireNonNull(id, "id")))
                .filter(schedule -> schedule.state() == Schedule.State.WAITING);
    }

    @Override
    public int cancelAll(String owner) {
        Objects.requireNonNull(owner, "owner");
        return cancelAll(waiting -> waiting.owner().equals(owner));
    }

    /**
     * Cancels what an owner has scheduled that has left, but for what is kept without it.
     *
     * @param owner the symbolic name of a bundle
     * @return how many were cancelled
     */
    public int ownerLeft(String owner) {
        return cancelAll(waiting -> waiting.owner().equals(owner) && !waiting.isKept());
    }

    private int cancelAll(Predicate<Waiting> which) {
        int cancelled = 0;
        for (Waiting waiting : byId.values()) {
            cancelled += which.test(waiting) && waiting.cancel() ? 1 : 0;
        }
        return cancelled;
    }

    /**
     * Cancels what belongs to owners that are not there, but for what is kept; for one who has begun to be told of departures,
     * about those before.
     *
     * @return how many were cancelled
     */
    public int cancelDeparted() {
        var owners = new HashMap<String, Boolean>();
        return cancelAll(waiting -> !waiting.isKept() && !owners.computeIfAbsent(waiting.owner(), ownerIsThere::test));
    }

    @Override
    public int count() {
        return byId.size();
    }

    @Override
    public String name() {
        return "schedules";
    }

    @Override
    public Set<CryptoContext> contexts() {
        return Set.of(CryptoContext.SCHEDULE);
    }

    @Override
    public long count(CryptoContext context, int keyId) {
        long waiting = byId.values().stream()
                .filter(one -> isSealedWith(one, context, keyId))
                .count();
        return waiting
                + agenda.countFired(one -> !byId.containsKey(one.id()) && isSealedWith(one, context, keyId)); // last
    }

    private static boolean isSealedWith(Waiting waiting, CryptoContext context, int keyId) {
        Envelope envelope = waiting.envelope();
        boolean needed = waiting.isWaiting() || waiting.isFired(); // the latter may be offered again
        return needed && envelope.context() == context.code() && envelope.keyId() == keyId;
    }

    @Override
    public long giveUp(CryptoContext context, int keyId) {
        long count = 0;
        for (Waiting waiting : byId.values()) {
            if (isSealedWith(waiting, context, keyId) && waiting.giveUp(KEY_DESTROYED)) {
                forget(waiting);
                tellOfFailure(waiting, waiting.envelope().eventId(), KEY_DESTROYED);
                count++;
            }
        }
        return count;
    }

    private void tellOfFailure(Waiting waiting, UUID event, Refusal why) {
        unpublished.add(waiting, event, why.toString(), timer.nanoTime());
        guard.count(ACTION, waiting.owner(), waiting.topic(), why.subscription(), Outcome.FAILED, event);
    }

    /**
     * How many events were handed over since the start, and taken by each subscription that wanted them.
     *
     * @return 0 or more
     */
    public long published() {
        return published.get();
    }

    /**
     * How many due events were given up since the start, wholly or for a subscription that went on refusing.
     *
     * @return 0 or more
     */
    public long unpublished() {
        return unpublished.count();
    }

    Instant instantOf(Due due) {
        return due.instant(timer, wall);
    }

    /** It was cancelled, or given up. */
    void forget(Waiting waiting) {
        byId.remove(waiting.id(), waiting);
        if (agenda.remove(waiting)) {
            admission.giveAll(waiting);
        } else if (agenda.isClosed()) {
            shelf.cancelled(waiting.id());
        }
    }

    /** A handle from before a restart cancelled it. */
    private void forgetCancelled(UUID id) {
        Waiting waiting = byId.get(id);
        if (waiting != null && waiting.isCancelled()) {
            forget(waiting);
        }
    }

    UUID newEventId() {
        return ids.next();
    }

    /** What is known of an event that is being published. */
    private final class Settlement implements Publisher.Settled {
        @Override
        public void firing(Waiting waiting) {
            if (waiting.recurrence().isEmpty()) {
                byId.remove(waiting.id(), waiting);
            }
        }

        @Override
        public void done(Waiting waiting, Optional<Refusal> failure) {
            boolean fired = waiting.attempt != null;
            UUID event = waiting.eventId();
            settle(waiting, failure.isPresent());
            if (failure.isPresent()) {
                tellOfFailure(waiting, event, failure.get());
            } else if (fired) {
                published.incrementAndGet();
            }
        }

        private void settle(Waiting waiting, boolean failed) {
            putBackOrRelease(waiting, waiting.goesOn(Now.of(timer, wall), failed));
        }

        private void putBackOrRelease(Waiting waiting, boolean goesOn) {
            if (goesOn && agenda.addAgain(waiting)) {
                forgetIfCancelled(waiting);
            } else {
                release(waiting);
            }
        }

        private void release(Waiting waiting) {
            if (agenda.letGo()) { // so that it is not done twice
                byId.remove(waiting.id(), waiting);
                admission.giveAll(waiting);
            }
        }

        @Override
        public void cancelled(Waiting waiting) {
            forget(waiting);
        }

        @Override
        public List<Waiting> inCalendar() {
            log.info(
                    "symphony.scheduler: the wall clock was put back by more than {}: cron expressions go on from now",
                    WallWatch.CORRECTION);
            return byId.values().stream()
                    .filter(waiting -> waiting.recurrence()
                            .filter(recurrence -> recurrence.kind() == Recurrence.Kind.CRON)
                            .isPresent())
                    .toList();
        }

        @Override
        public boolean leave(Waiting waiting) {
            boolean leaves = followed && waiting.recurrence().isEmpty();
            if (leaves) {
                release(waiting);
                shelf.addLate(waiting);
            }
            return leaves;
        }

        @Override
        public void rescue(Waiting waiting) {
            waiting.attempt = null; // that of an event that was settled, if there is one
            putBackOrRelease(waiting, waiting.isWaiting());
        }

        @Override
        public void lost(Waiting waiting, Refusal why) {
            waiting.end(why);
            release(waiting);
            tellOfFailure(waiting, waiting.eventId(), why);
        }
    }

    private void takeBack() {
        shelf.onCancelled(cancelledElsewhere);
        List<Waiting> all = shelf.read(this);
        wallWatch.goOnFrom(shelf.latestMicros());
        for (Waiting waiting : all) {
            admission.takeAll(waiting);
            if (waiting.isFired()) {
                publishAgain(waiting);
            } else {
                enter(waiting);
                forgetIfCancelled(waiting);
            }
        }
        int ownerless = cancelDeparted();
        shelf.clear();
        shelf.onLate(addedLate);
        takeLate();
        if (!all.isEmpty()) {
            log.info(
                    "symphony.scheduler: back with {} events that wait; {} more were cancelled, their owners have left",
                    all.size() - ownerless,
                    ownerless);
        }
    }

    /** What the dispatcher has refused when the scheduler before had stopped, though it had come to it in time. */
    private void takeLate() {
        if (agenda.isClosed()) {
            return; // it lies there for the next one
        }
        for (Waiting waiting : shelf.takeLate(this)) {
            admission.takeAll(waiting);
            if (!publishAgain(waiting)) {
                admission.giveAll(waiting);
                shelf.addLate(waiting);
            }
        }
        publisher.wake();
    }

    /** Whether it is in the agenda, which may have been emptied. */
    private boolean publishAgain(Waiting waiting) {
        long now = timer.nanoTime();
        waiting.attempt = Attempt.unknown(now);
        waiting.dueNanos = now;
        if (waiting.recurrence().isPresent()) {
            byId.put(waiting.id(), waiting);
        }
        boolean added = agenda.addRetry(waiting, now);
        forgetIfCancelled(waiting);
        return added;
    }

    /**
     * Stops because the container does: publishes nothing more and reports what is left, one line for each owner. A second
     * time, or after {@link #close()}, it does nothing.
     *
     * @return how many events were left, by owner; those that have none are not in it
     */
    public Map<String, Integer> stop() {
        var counts = new TreeMap<String, Integer>();
        end().stream().collect(Collectors.groupingBy(Waiting::owner)).forEach((owner, left) -> {
            counts.put(owner, left.size());
            log.info(
                    "symphony.scheduler: stopped with {} scheduled events of {} left; the next was due at {}",
                    left.size(),
                    owner,
                    nextOf(left));
        });
        return counts;
    }

    /**
     * Stops: publishes nothing more, waits up to a second for the event that is being handed over, and leaves what waits on the
     * shelf. A second time, or after {@link #stop()}, it does nothing.
     */
    @Override
    public void close() {
        followed = true;
        List<Waiting> left = end();
        if (!left.isEmpty()) {
            shelf.park(left, wallWatch.latestMicros());
            log.info(
                    "symphony.scheduler: stopped; {} scheduled events wait for it to come back, by owner {}",
                    left.size(),
                    left.stream().collect(Collectors.groupingBy(Waiting::owner, TreeMap::new, Collectors.counting())));
        }
    }

    private List<Waiting> end() {
        if (!agenda.close()) {
            return List.of();
        }
        publisher.awaitEnd(END_WAIT);
        Agenda.Left left = agenda.drain();
        shelf.removeListeners(cancelledElsewhere, addedLate);
        left.all().forEach(admission::giveAll);
        var all = new ArrayList<>(left.all());
        left.taken()
                .filter(left.handedOver() ? this::waitsBeyondItsEvent : this::goesAlong)
                .ifPresent(all::add);
        byId.clear();
        return all;
    }

    /**
     * The publishing thread did not come back in time: its event is its own, and what it cost is given back by it, but the
     * recurrence shall not be lost.
     */
    private boolean waitsBeyondItsEvent(Waiting stuck) {
        if (stuck instanceof Recurring recurring) {
            recurring.leaveEvent(Now.of(timer, wall));
            return recurring.isWaiting();
        }
        return false;
    }

    /** The publishing thread has not handed it over in time: that is left to the next scheduler. */
    private boolean goesAlong(Waiting late) {
        admission.giveAll(late);
        return late.goesAlong();
    }

    private Instant nextOf(List<Waiting> left) {
        return left.stream()
                .map(waiting -> instantOf(waiting.due()))
                .min(Comparator.naturalOrder())
                .orElseThrow();
    }
}
