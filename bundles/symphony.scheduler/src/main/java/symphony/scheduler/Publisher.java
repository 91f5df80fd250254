package symphony.scheduler;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.EventSealer;
import symphony.api.crypto.SealException;
import symphony.api.dispatcher.EventDispatcher;
import symphony.api.event.Event;
import symphony.api.event.Receipt;
import symphony.api.event.Refusal;
import symphony.api.rbac.AccessDeniedException;
import symphony.api.rbac.AccessUndecidedException;
import symphony.api.scheduler.Timer;
import symphony.component.Guard;

/** Hands due events to the dispatcher, on a thread of its own. */
final class Publisher {
    /*
     * The thread takes the most urgent of what is due, hands it over, and looks again; with nothing to hand over it sets the
     * timer to the next moment worth a look and parks. The timer's callback, and whoever adds or binds something that matters,
     * only sets a flag and unparks it, so nobody waits for a lock that it holds. The flag is needed: the permit alone could be
     * used up by any lock between the look and the park, the logger's for one.
     *
     * Without a sealer or a dispatcher, and while nobody can decide who may publish, nothing is taken: what is due stays in the
     * agenda, can be cancelled, and goes out by urgency once they are back. What was taken in that moment is offered again, for
     * as long as it takes.
     *
     * Refusals (full, out of memory, closing) are tried again after 100 ms, doubling to 5 s, for ScheduleLimits.retryTime. If
     * some subscriptions have taken the event, the receipt is retried with those alone that have not. If none has, the event is
     * dispatched anew, for it may have been refused before it was routed. So it is when the dispatcher that made the receipt is
     * gone, or threw: nobody knows who has it then, and at least once is promised; the id stays. What is final (no permission,
     * an envelope that does not open, data the dispatcher rejects) is not tried again. What ends without being published
     * everywhere is counted and logged.
     *
     * Of a recurrence, each event is settled like this and the recurrence put back for its next time. Should that come while an
     * event is still offered again, the event gives way.
     *
     * When the scheduler stops, what the dispatcher has is the dispatcher's, and what was taken and not handed over within
     * the time that the end is waited for is left to the next scheduler: the agenda says which of both, in one step. The
     * thread may stand still that long for want of a processor, and it may go on when the next scheduler has done all. If the
     * dispatcher then refuses what it was handed, as one does that has been closed meanwhile, that is left to the next scheduler
     * as well; but for an event of a recurrence, whose next one comes anyway.
     *
     * Where nobody expected a failure, memory may have run out. What was taken then goes on where it stopped, as soon as there is
     * some again; until then nothing else is taken.
     */
    private static final Logger log = LoggerFactory.getLogger(Publisher.class);
    private static final long PAUSE_AFTER_FAILURE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long NO_TICKET = 0;
    private static final Refusal REPLACED = new Refusal(
            "",
            Refusal.Reason.UNAVAILABLE,
            "not every subscription took it before the next time of its recurrence came");
    private static final Refusal INTERNAL = new Refusal(
            "", Refusal.Reason.UNAVAILABLE, "symphony.scheduler failed while it was handed over; its log tells why");

    /** A sealer or dispatcher that is away no longer is being replaced, or has not come yet: nothing to warn of. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Nobody tells that access control can decide again. */
    private static final long ACCESS_CHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final Agenda agenda;
    private final Timer timer;
    private final InstantSource wall;
    private final Settled settled;
    private final Guard guard;
    private final AtomicReference<EventSealer> sealer = new AtomicReference<>();
    private final AtomicReference<EventDispatcher> dispatcher = new AtomicReference<>();
    private final Thread thread;

    private volatile Duration retryTime;

    /** Something may have become worth a look since the last one. */
    private volatile boolean awaited;

    private final WallWatch wallWatch;

    /** What the thread asked of the timer last. Used by that thread, and after its end. */
    private long ticket = NO_TICKET;

    private long armedNanos;

    /** What is due waits for others: since when, and whether that was told. Used by the thread alone. */
    private boolean holding;

    /** It waits for access control. Used by the thread alone. */
    private boolean undecided;

    private boolean warned;
    private long heldNanos;

    /** Told what became of an event that was taken out of the agenda; on the publishing thread. */
    interface Settled {
        /** It is being published. */
        void firing(Waiting waiting);

        /** Its event is done with; {@code failure} is empty if each subscription that wants it has it. */
        void done(Waiting waiting, Optional<Refusal> failure);

        /** It is back in the agenda, and was cancelled before. */
        void cancelled(Waiting waiting);

        /** Those that are published again and again by the calendar. */
        List<Waiting> inCalendar();

        /** Not everybody has it and it cannot wait again, since the scheduler has stopped: whether the next one has it now. */
        boolean leave(Waiting waiting);

        /** It was taken and is not being published, nobody knows why: it waits again, if it can. */
        void rescue(Waiting waiting);

        /** It was taken, and can neither be settled nor wait again. */
        void lost(Waiting waiting, Refusal why);
    }

    Publisher(
            Agenda agenda,
            Timer timer,
            InstantSource wall,
            WallWatch wallWatch,
            Duration retryTime,
            Guard guard,
            Settled settled) {
        this.agenda = agenda;
        this.timer = timer;
        this.wall = wall;
        this.wallWatch = wallWatch;
        this.retryTime = retryTime;
        this.guard = guard;
        this.settled = settled;
        this.thread = new Thread(null, this::run, "symphony-scheduler", 0, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(null);
    }

    void start() {
        thread.start();
    }

    void bind(EventSealer service) {
        sealer.set(service);
        wake();
    }

    void unbind(EventSealer service) {
        sealer.compareAndSet(service, null);
    }

    void bind(EventDispatcher service) {
        dispatcher.set(service);
        wake();
    }

    void unbind(EventDispatcher service) {
        dispatcher.compareAndSet(service, null);
    }

    Optional<EventSealer> sealer() {
        return Optional.ofNullable(sealer.get());
    }

    void retryTime(Duration time) {
        retryTime = time;
    }

    void wake() {
        awaited = true;
        LockSupport.unpark(thread);
    }

    /** After the agenda was closed: waits for the event that is being handed over, if there is one. */
    void awaitEnd(Duration most) {
        wake();
        if (Thread.currentThread() == thread) {
            return;
        }
        try {
            thread.join(most.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        // Else it only was not given a processor: of a closed agenda it gets nothing any more.
        if (thread.isAlive() && agenda.isHandedOver()) {
            log.warn("symphony.scheduler: the dispatcher did not return within {}; going on without it", most);
        }
    }

    private void run() {
        while (!agenda.isClosed()) {
            try {
                runOnce();
            } catch (RuntimeException | Error e) {
                report(e);
                LockSupport.parkNanos(this, PAUSE_AFTER_FAILURE_NANOS);
            }
        }
        try {
            rescue();
        } catch (RuntimeException | Error e) {
            report(e);
        }
        timer.cancel(ticket);
    }

    private void runOnce() {
        awaited = false;
        rescue();
        if (!publishNext()) {
            arm();
            park();
        }
    }

    private static void report(Throwable thrown) {
        try {
            log.error("symphony.scheduler: publishing due events failed; going on in a second", thrown);
        } catch (RuntimeException | Error e) {
            // After an OutOfMemoryError the logger may fail as well; standard error is all that is left, if it is.
            System.err.println("symphony.scheduler: publishing due events failed, and the logger too");
        }
    }

    private void park() {
        // A pending interrupt would end each park at once, and burn a core.
        if (Thread.interrupted()) {
            log.debug("symphony.scheduler: the publishing thread was interrupted");
        }
        if (!awaited && !agenda.isClosed()) {
            LockSupport.park(this); // nothing between the look at the flag and here may park
        }
    }

    private boolean publishNext() {
        Now now = Now.of(timer, wall);
        if (wallWatch.isCorrected(now.micros())) {
            Now from = new Now(now.nanos(), wallWatch.planFrom(now.micros()));
            settled.inCalendar().forEach(waiting -> agenda.findNextTime(waiting, from));
            wallWatch.goOnFrom(from.micros());
        }
        agenda.collectDue(now.nanos(), now.micros());
        EventSealer currentSealer = sealer.get();
        EventDispatcher currentDispatcher = dispatcher.get();
        if (currentSealer == null || currentDispatcher == null) {
            undecided = false;
            hold(currentSealer == null ? "the service of symphony.crypto" : "the service of symphony.dispatcher");
            return false;
        }
        undecided = agenda.peekReady().filter(this::isUndecided).isPresent();
        if (undecided) {
            hold("access control that can decide");
            return false;
        }
        holding = false;
        Waiting next = agenda.pollReady();
        if (next == null) {
            return false;
        }
        boolean settledOrBack = false;
        try {
            publish(next, currentSealer, currentDispatcher);
            settledOrBack = true;
        } finally {
            if (!settledOrBack) {
                rescue();
            }
        }
        return true;
    }

    private boolean isUndecided(Waiting waiting) {
        return !guard.canDecide(waiting.owner(), "event", "publish", waiting.topic());
    }

    /** What was taken and is neither back nor settled goes on where it stopped. */
    private void rescue() {
        agenda.taken().ifPresent(waiting -> {
            boolean outOfMemory = false;
            boolean done = false;
            try {
                rescue(waiting);
                done = true;
            } catch (OutOfMemoryError e) {
                outOfMemory = true; // of everything else nobody knows when it would end
                throw e;
            } finally {
                if (!done && !outOfMemory && isTaken(waiting)) {
                    settled.lost(
                            waiting, INTERNAL); // or there is no memory for that, and it goes on with the next look
                }
            }
        });
    }

    private boolean isTaken(Waiting waiting) {
        return agenda.taken().filter(taken -> taken == waiting).isPresent();
    }

    private void rescue(Waiting waiting) {
        if (!waiting.isFired()) {
            settled.rescue(waiting);
            return;
        }
        if (waiting.attempt == null) {
            waiting.attempt = Attempt.none(timer.nanoTime());
        }
        Optional<Receipt> last = waiting.attempt.receipt();
        if (last.isPresent()) {
            after(waiting, last.get());
        } else {
            again(waiting, INTERNAL);
        }
    }

    private void hold(String missing) {
        int due = agenda.readySize();
        long now = timer.nanoTime();
        if (due == 0 || !holding) {
            holding = due > 0;
            warned = false;
            heldNanos = now;
        } else if (!warned && now - heldNanos >= PATIENCE_NANOS) {
            warned = true;
            log.warn("symphony.scheduler: {} events are due and wait for {}", due, missing);
        }
    }

    private long untilNext(long now) {
        long wait = agenda.untilNext(now, Due.micros(wall.instant()));
        if (undecided) {
            wait = Math.min(wait, ACCESS_CHECK_NANOS);
        }
        return holding && !warned ? Math.min(wait, Math.max(0, heldNanos + PATIENCE_NANOS - now)) : wait;
    }

    /** Sets the timer to the next moment worth a look, if it is not set to it. */
    private void arm() {
        long now = timer.nanoTime();
        long wait = untilNext(now);
        if (wait == Agenda.NEVER || ticket != NO_TICKET && armedNanos == now + wait) {
            return;
        }
        timer.cancel(ticket);
        ticket = NO_TICKET; // until there is another: setting the timer may fail
        ticket = timer.schedule(now + wait, ignored -> wake(), 0);
        armedNanos = now + wait;
    }

    private void publish(Waiting waiting, EventSealer with, EventDispatcher by) {
        Now now = Now.of(timer, wall);
        if (waiting.attempt != null && waiting.isCancelled()) {
            waiting.attempt = null; // cancelled between being taken out and now: it is not offered again
            settled.done(waiting, Optional.empty());
            return;
        }
        if (waiting.attempt != null && !waiting.attempt.undecided() && waiting.isReplaced(now)) {
            giveUp(waiting, REPLACED);
            return;
        }
        if (waiting.attempt == null) {
            if (!waiting.fire(now)) {
                settled.done(waiting, Optional.empty()); // cancelled between being taken out and now, or missed
                return;
            }
            waiting.attempt = Attempt.none(timer.nanoTime());
            settled.firing(waiting);
        }
        Optional<Receipt> receipt = offer(waiting, with, by);
        if (receipt.isPresent()) {
            after(waiting, receipt.get());
        }
    }

    /** Settles what fails; what comes after is outside of this, or an event that was settled could be offered again. */
    private Optional<Receipt> offer(Waiting waiting, EventSealer with, EventDispatcher by) {
        Refusal why;
        boolean last = false;
        boolean notDecided = false;
        boolean forEver = false;
        try {
            Optional<Receipt> receipt = handOver(waiting, with, by);
            receipt.ifPresent(got -> waiting.attempt = waiting.attempt.got(got, by));
            return receipt;
        } catch (AccessUndecidedException e) {
            log.debug("symphony.scheduler: nobody decides whether {} may be published", waiting, e);
            waiting.attempt = waiting.attempt.notDecided(timer.nanoTime());
            why = unavailable(e);
            notDecided = true;
        } catch (SealException e) {
            forEver =
                    with.isDestroyed(CryptoContext.SCHEDULE, waiting.envelope().keyId());
            why = forEver ? EventSchedulerEngine.KEY_DESTROYED : unavailable(e);
            last = true;
        } catch (AccessDeniedException | IllegalArgumentException e) {
            why = unavailable(e);
            last = true;
        } catch (RuntimeException | Error e) {
            log.debug("symphony.scheduler: {} was not taken, trying again", waiting, e);
            waiting.attempt = waiting.attempt.failed();
            why = unavailable(e);
        }
        if (last) {
            giveUp(waiting, why);
            if (forEver) {
                waiting.cancel(); // no later time of a recurrence can do better
            }
        } else if (notDecided) {
            later(waiting, why);
        } else {
            again(waiting, why);
        }
        return Optional.empty();
    }

    private static Refusal unavailable(Throwable e) {
        return new Refusal("", Refusal.Reason.UNAVAILABLE, String.valueOf(e.getMessage()));
    }

    /** Empty if the scheduler has stopped, and the next one does it. */
    private Optional<Receipt> handOver(Waiting waiting, EventSealer sealer, EventDispatcher dispatcher) {
        Attempt before = waiting.attempt;
        boolean sameDispatcher =
                before.dispatcher().filter(d -> d == dispatcher).isPresent();
        if (before.accepted() && sameDispatcher && before.receipt().isPresent()) {
            try {
                return handOver(waiting, () -> dispatcher.retry(before.receipt().get(), waiting.owner()));
            } catch (IllegalArgumentException e) {
                log.debug("symphony.scheduler: {} is dispatched anew: {}", waiting, e.getMessage());
            }
        }
        Event event = waiting.toPublish(sealer.reopen(CryptoContext.SCHEDULE, waiting.envelope()));
        return handOver(waiting, () -> dispatcher.dispatch(event, waiting.owner(), Duration.ZERO));
    }

    private Optional<Receipt> handOver(Waiting waiting, Supplier<Receipt> call) {
        return agenda.handOver(waiting) ? Optional.of(call.get()) : Optional.empty();
    }

    private void after(Waiting waiting, Receipt receipt) {
        if (receipt.refusals().isEmpty()) {
            settled.done(waiting, Optional.empty());
        } else {
            again(waiting, receipt.refusals().get(0));
        }
    }

    private void again(Waiting waiting, Refusal why) {
        if (timer.nanoTime() - waiting.attempt.sinceNanos() >= retryTime.toNanos()) {
            giveUp(waiting, why);
        } else {
            later(waiting, why);
        }
    }

    private void later(Waiting waiting, Refusal why) {
        Now now = Now.of(timer, wall);
        Attempt attempt = waiting.attempt;
        long pause = attempt.undecided() ? attempt.pauseNanos() : waiting.pauseNanos(now); // it gives way to nothing
        if (agenda.addRetry(waiting, now.nanos() + pause)) {
            if (waiting.isCancelled()) {
                settled.cancelled(waiting); // meanwhile, when it was not in the agenda
            }
        } else if (isTaken(waiting) && !settled.leave(waiting)) {
            giveUp(waiting, why);
        }
    }

    private void giveUp(Waiting waiting, Refusal why) {
        if (!isTaken(waiting)) {
            return; // the scheduler has stopped, and the next one goes on with it
        }
        if (!waiting.attempt.accepted()) {
            waiting.refuse(why);
        }
        settled.done(waiting, Optional.of(why));
    }
}
