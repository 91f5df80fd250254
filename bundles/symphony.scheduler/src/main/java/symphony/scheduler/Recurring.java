package symphony.scheduler;

import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import symphony.api.crypto.Envelope;
import symphony.api.event.Event;
import symphony.api.event.Recurrence;
import symphony.api.event.Recurrence.Misfire;
import symphony.api.event.Refusal;

/** A schedule that is published again and again. Thread-safe. */
final class Recurring extends Waiting {
    /*
     * All of its state is in one cell, see Progress, so that of cancel and each claim exactly one happens: who is told that it
     * cancelled can rely on the count of events at that moment. The cell also moves on, in one step with the claim, to the time
     * that follows: whatever happens then, a time is not used twice, also not by a scheduler after a restart.
     *
     * It is in the agenda under its next time, or, while its event is offered again to those that refused, under the time for
     * that, but not beyond its next time: then the event still being offered is given up for the next. With a fixed delay there
     * is no next time yet; and who catches up has said how many times may be left behind.
     *
     * A scheduler that stops may leave its publishing thread behind, stuck in a dispatcher. The cell then belongs to the next
     * scheduler, in whose agenda it must not move: so it has a generation, and a thread of an earlier one changes nothing.
     */
    private final EventSchedulerEngine engine;
    private final Recurrence recurrence;
    private final Rhythm rhythm;
    private final int generation;

    /** Missed times that were taken on to be caught up with. Only the publishing thread uses it. */
    private long admitted;

    /** The event that is being published. Only the publishing thread uses it. */
    private UUID firing;

    Recurring(
            EventSchedulerEngine engine,
            UUID id,
            Envelope envelope,
            String owner,
            Optional<Duration> timeToLive,
            Recurrence recurrence,
            Rhythm rhythm,
            AtomicReference<Object> cell) {
        super(engine, id, envelope, owner, timeToLive, Progress.of(cell.get()).due(), cell);
        this.engine = engine;
        this.recurrence = recurrence;
        this.rhythm = rhythm;
        Progress progress = progress();
        this.generation = progress.generation();
        this.firing = progress.firing().orElse(id);
    }

    /** Waits for its first time; {@code start} as in {@link Progress}. */
    static AtomicReference<Object> newCell(Due first, Optional<Due> start) {
        return new AtomicReference<>(Progress.first(first, start).toCell());
    }

    private Progress progress() {
        return Progress.of(fate().get());
    }

    @Override
    public Optional<Recurrence> recurrence() {
        return Optional.of(recurrence);
    }

    @Override
    public State state() {
        return State.valueOf(progress().state());
    }

    @Override
    public Optional<Refusal> refusal() {
        return Optional.empty();
    }

    @Override
    public long fired() {
        return progress().fired();
    }

    @Override
    public long skipped() {
        return progress().skipped();
    }

    @Override
    public long failed() {
        return progress().failed();
    }

    /** No refusal is kept. */
    @Override
    boolean giveUp(Refusal why) {
        return tryCancel();
    }

    @Override
    boolean tryCancel() {
        while (true) {
            Object cell = fate().get();
            Progress now = Progress.of(cell);
            if (!now.isWaiting()) {
                return false;
            }
            if (fate().compareAndSet(cell, now.cancelled().toCell())) {
                return true;
            }
        }
    }

    /**
     * Changes the state unless it was cancelled, or belongs to another scheduler by now: empty then. All that takes memory is
     * made before.
     */
    private Optional<Progress> change(UnaryOperator<Progress> step) {
        while (true) {
            Object cell = fate().get();
            Progress now = Progress.of(cell);
            boolean mine = now.generation() == generation && !now.state().equals(CANCELLED);
            if (!mine) {
                return Optional.empty();
            }
            Optional<Progress> changed = Optional.of(step.apply(now));
            if (fate().compareAndSet(cell, changed.get().toCell())) {
                return changed;
            }
        }
    }

    @Override
    boolean fire(Now now) {
        Due due = due(); // nobody else moves it
        Turn turn = admitted > 0 ? new Turn(true, 0, admitted - 1, rhythm.next(due, now)) : rhythm.turn(due, now);
        UUID event = engine.newEventId();
        if (change(progress -> progress.after(turn, event, isLast(turn, progress.fired() + 1)))
                .isEmpty()) {
            return false;
        }
        admitted = turn.admitted();
        firing = event;
        return turn.fires();
    }

    private boolean isLast(Turn turn, long count) {
        if (!turn.fires()) {
            return turn.next().isEmpty();
        }
        boolean enough = recurrence.times().orElse(Long.MAX_VALUE) <= count;
        return enough || turn.next().isEmpty() && !rhythm.followsHandover();
    }

    @Override
    boolean goesOn(Now now, boolean failed) {
        boolean goesOn = settle(now, failed);
        attempt = null;
        return goesOn;
    }

    private boolean settle(Now now, boolean failed) {
        boolean fired = progress().firing().isPresent();
        Optional<Due> next = fired && rhythm.followsHandover() ? rhythm.next(due(), now) : Optional.empty();
        boolean over = fired && rhythm.followsHandover() && next.isEmpty();
        Optional<Progress> settled = change(progress -> progress.settled(failed, next, over));
        return settled.isPresent() && settled.get().isWaiting();
    }

    /** As if it was cancelled; no refusal is kept. */
    @Override
    void end(Refusal why) {
        change(progress -> progress.isWaiting() ? progress.cancelled() : progress);
    }

    @Override
    Due dueAfterCorrection(Now now) {
        Progress progress = progress();
        return rhythm.sooner(progress.due(), progress.start(), now).orElse(progress.due());
    }

    @Override
    void move(Due from, Due to) {
        change(progress -> progress.due().equals(from) ? progress.moved(to) : progress);
    }

    @Override
    boolean isReplaced(Now now) {
        return givesWay() && due().isReached(now);
    }

    /** Not beyond its next time. */
    @Override
    long pauseNanos(Now now) {
        long pause = attempt.pauseNanos();
        return givesWay() ? Math.max(0, Math.min(pause, due().nanos(now) - now.nanos())) : pause;
    }

    /** Those that catch up have a bound for what piles up. */
    private boolean givesWay() {
        return isWaiting() && !rhythm.followsHandover() && recurrence.misfire() != Misfire.CATCH_UP;
    }

    /** A scheduler stops while its thread is still busy with this: the thread keeps the event, the next scheduler the rest. */
    void leaveEvent(Now now) {
        settle(now, false);
    }

    /** Claimed or not: the thread can do nothing more once it is passed on. */
    @Override
    boolean goesAlong() {
        return isWaiting() || isFired();
    }

    /** Leaves it to the next scheduler. */
    void passOn() {
        change(Progress::passedOn);
    }

    /** Nobody took it; the next time may do better. */
    @Override
    void refuse(Refusal refusal) {
        // counted when it is settled
    }

    @Override
    boolean isWaiting() {
        return WAITING.equals(Progress.state(fate().get()));
    }

    @Override
    boolean isFired() {
        return Progress.isFiring(fate().get());
    }

    @Override
    boolean isCancelled() {
        return CANCELLED.equals(Progress.state(fate().get()));
    }

    @Override
    boolean isKept() {
        return recurrence.isKeptWithoutOwner();
    }

    @Override
    Event toPublish(Event opened) {
        return TimeToLive.put(opened, timeToLive(), firing);
    }

    @Override
    UUID eventId() {
        return firing;
    }

    @Override
    int cost() {
        return envelope().size() + rhythm.cost();
    }

    @Override
    Due due() {
        return progress().due();
    }

    @Override
    long dueAt() {
        return Progress.dueAt(fate().get());
    }
}
