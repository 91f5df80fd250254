package symphony.scheduler;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import symphony.api.crypto.Envelope;
import symphony.api.event.Event;
import symphony.api.event.Refusal;
import symphony.api.event.Schedule;

/**
 * A schedule that was taken: the handle that its owner holds, and the engine's entry, in one. This one is published once, see
 * {@link Recurring}. Thread-safe.
 */
class Waiting implements Schedule {
    /*
     * The fate is decided by compare-and-set on one cell, so that of publish and cancel exactly one happens. The cell is a JDK
     * object with JDK values, a state's name or {reason, detail} of a refusal, because it outlives this class: a scheduler
     * that takes over what waited shares the cell with handles of the one before (see Shelf). The names are compile-time
     * constants and therefore identical in all class loaders (JLS 3.10.5), as compare-and-set needs it.
     *
     * There may be a million of these: what only a recurrence needs is in the subclass.
     */
    static final String WAITING = "WAITING";
    static final String FIRED = "FIRED";
    static final String CANCELLED = "CANCELLED";

    static final long UNORDERED = -1;

    private final EventSchedulerEngine engine;
    private final UUID id;
    private final Envelope envelope;
    private final String owner;
    private final Optional<Duration> timeToLive;
    private final Due due;
    private final AtomicReference<Object> fate;

    /** Of those due together the lower comes first. Guarded by the agenda's lock, as all below. */
    long order = UNORDERED;
    /** The set of the agenda that it stands in, null if none. */
    TreeSet<Waiting> home;
    /** When it was due, nanoseconds of the timer's clock; known once it is due. */
    long dueNanos;
    /** What became of it so far; null until it was handed over. Changes only while it is not in the agenda. */
    Attempt attempt;
    /** When it is offered again, nanoseconds of the timer's clock. */
    long retryNanos;

    Waiting(
            EventSchedulerEngine engine,
            UUID id,
            Envelope envelope,
            String owner,
            Optional<Duration> timeToLive,
            Due due,
            AtomicReference<Object> fate) {
        this.engine = engine;
        this.id = id;
        this.envelope = envelope;
        this.owner = owner;
        this.timeToLive = timeToLive;
        this.due = due;
        this.fate = fate;
    }

    @Override
    public final UUID id() {
        return id;
    }

    @Override
    public final String topic() {
        return envelope.topic();
    }

    @Override
    public final String owner() {
        return owner;
    }

    @Override
    public final Optional<Instant> next() {
        return isWaiting() ? Optional.of(engine.instantOf(due())) : Optional.empty();
    }

    @Override
    public State state() {
        Object now = fate.get();
        return now instanceof String name ? State.valueOf(name) : State.REFUSED;
    }

    @Override
    public Optional<Refusal> refusal() {
        return fate.get() instanceof List<?> why
                ? Optional.of(new Refusal(
                        "",
                        Refusal.Reason.valueOf(why.get(0).toString()),
                        why.get(1).toString()))
                : Optional.empty();
    }

    @Override
    public final boolean cancel() {
        boolean cancelled = tryCancel();
        if (cancelled) {
            engine.forget(this);
        }
        return cancelled;
    }

    /** Ends it for that reason, unless it was published or cancelled before. */
    boolean giveUp(Refusal why) {
        return fate.compareAndSet(WAITING, cellOf(why));
    }

    boolean tryCancel() {
        return fate.compareAndSet(WAITING, CANCELLED);
    }

    /** Claims it for publishing, unless it was cancelled, or what is due now is to be skipped. */
    boolean fire(Now now) {
        return fate.compareAndSet(WAITING, FIRED);
    }

    /** Its event was settled: whether it waits for another time. */
    boolean goesOn(Now now, boolean failed) {
        return false;
    }

    /** When it is due now that the wall clock was put right. */
    Due dueAfterCorrection(Now now) {
        return due;
    }

    /** Waits for another time from now on, unless it does not wait for that one. Under the agenda's lock. */
    void move(Due from, Due to) {}

    /** While it is offered again: whether its next event is due and takes the place of this one. */
    boolean isReplaced(Now now) {
        return false;
    }

    /** How long to wait before it is offered again. */
    long pauseNanos(Now now) {
        return attempt.pauseNanos();
    }

    /** Whether it stays when its owner has left. */
    boolean isKept() {
        return false;
    }

    /** What is handed to the dispatcher, made of what was sealed. */
    Event toPublish(Event opened) {
        return TimeToLive.put(opened, timeToLive);
    }

    /** The id of the event that is being published. */
    UUID eventId() {
        return envelope.eventId();
    }

    /** What it takes of the memory budget. */
    int cost() {
        return envelope.size();
    }

    /** It was claimed, and nobody took it. */
    void refuse(Refusal refusal) {
        fate.set(cellOf(refusal));
    }

    private static Object cellOf(Refusal refusal) {
        return List.of(refusal.reason().name(), refusal.detail());
    }

    /**
     * A scheduler stops while its thread has this and has not handed it over: whether the next one has to. It is claimed here,
     * if the thread has not done so: the thread could go on and do it, and the next scheduler would take it for published.
     */
    boolean goesAlong() {
        fate.compareAndSet(WAITING, FIRED);
        return isFired();
    }

    /** Nobody can go on with it, unless it was cancelled. */
    void end(Refusal why) {
        fate.compareAndSet(WAITING, FIRED);
        if (isFired() && (attempt == null || !attempt.accepted())) {
            refuse(why);
        }
    }

    boolean isWaiting() {
        return WAITING.equals(fate.get());
    }

    /** It was claimed, and not all that want it may have it yet. */
    boolean isFired() {
        return FIRED.equals(fate.get());
    }

    /** It was cancelled, or given up. */
    boolean isOver() {
        return isCancelled() || state() == State.REFUSED;
    }

    boolean isCancelled() {
        return CANCELLED.equals(fate.get());
    }

    final Envelope envelope() {
        return envelope;
    }

    final Optional<Duration> timeToLive() {
        return timeToLive;
    }

    Due due() {
        return due;
    }

    long dueAt() {
        return due.at();
    }

    final AtomicReference<Object> fate() {
        return fate;
    }

    @Override
    public final String toString() {
        return "schedule " + id + " of " + owner + " on " + topic() + ", " + state();
    }
}
