package symphony.dispatcher;

import java.time.Duration;
import java.util.UUID;
import java.util.function.DoubleSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.audit.Outcome;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.Envelope;
import symphony.api.crypto.EventSealer;
import symphony.api.crypto.OpenEvent;
import symphony.api.crypto.SealException;
import symphony.api.queue.DeadReason;
import symphony.api.queue.Lease;
import symphony.api.rbac.AccessUndecidedException;
import symphony.api.rbac.SecurityContext;
import symphony.api.scheduler.Timer;
import symphony.component.Guard;

/**
 * Takes a lease to a handler and settles it: permissions, opening, the call, then acknowledged, tried again or given up.
 * Thread-safe; each call on its worker's thread.
 */
final class Deliverer {
    /*
     * Whatever happens the lease is settled: attempt() tells how, what it throws counts as a failure, and if even telling
     * about the failure fails, for want of memory or stack, a prepared answer sends the event back for another attempt.
     * The order at the end of a call matters: first the call is marked done, after which nobody interrupts its thread; then
     * the lease is settled; last the lane is told, after which those who wait for the call go on and find it settled.
     */
    private static final Logger log = LoggerFactory.getLogger(Deliverer.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    /** For so long events wait for somebody who decides what their handlers need; then those fail as others do. */
    private static final long MOST_UNDECIDED = Duration.ofHours(1).toNanos();

    private static final ClassLoader OWN_LOADER = Deliverer.class.getClassLoader();

    private final EventSealer sealer;
    private final Timer timer;
    private final Guard guard;
    private final Counters counters;
    private final Supervisor supervisor;
    private final Unsettled unsettled;
    private final DoubleSupplier chance;
    private final LaneKeeper keeper;
    private final Monitors monitors;
    private final AuditedEnds ends;

    /** Those who keep lanes, as a worker needs them. */
    interface LaneKeeper {
        /** A handler cannot be called at all. */
        void unusable(Member member, String reason);

        /** The last call of a lane that is about to go has ended. */
        void lastCallEnded(Lane lane);

        /** Who is told how calls end. */
        Quarantines quarantines();
    }

    Deliverer(
            EventSealer sealer,
            Timer timer,
            Guard guard,
            Counters counters,
            Supervisor supervisor,
            Unsettled unsettled,
            DoubleSupplier chance,
            LaneKeeper keeper,
            Monitors monitors,
            AuditedEnds ends) {
        this.sealer = sealer;
        this.timer = timer;
        this.guard = guard;
        this.counters = counters;
        this.supervisor = supervisor;
        this.unsettled = unsettled;
        this.chance = chance;
        this.keeper = keeper;
        this.monitors = monitors;
        this.ends = ends;
    }

    /** A lease that could be neither settled nor given back. Needs no memory. */
    void giveBackLater(Unsettled.Place place, Lane lane, Lease lease) {
        unsettled.add(place, lane, lease);
        supervisor.watch();
    }

    /** A worker began to serve, and must be watched. */
    void watch() {
        supervisor.watch();
    }

    /** Watchdog only: a call is over its limit. */
    void overrun(Call call) {
        if (call.markOverrun()) {
            try {
                countOverrun(call); // first, since whoever is interrupted makes room for the next call
            } finally {
                supervisor.interrupt(call);
            }
        }
    }

    private void countOverrun(Call call) {
        Lane lane = call.lane;
        counters.overruns.increment();
        lane.countOverrun();
        keeper.quarantines().overran(call); // before the log: if it is a probe that ends now, no other may begin
        lane.tellOverrun(more -> log.warn(
                "{}: a call ran over its time limit of {} ms; it is interrupted unless it has ended ({} more not told); raise"
                        + " symphony.time.limit if it needs longer",
                lane,
                Duration.ofNanos(call.limitNanos).toMillis(),
                more));
    }

    /** Delivers one event; false if there was nobody to call. */
    boolean deliver(Worker worker, Lane lane, Lease lease) {
        Call call = begin(worker, lane, lease);
        if (call == null) {
            return false;
        }
        Settlement settlement = Settlement.FAILED;
        try {
            worker.began(call);
            settlement = worker.mayCall(lane) ? attempt(call) : Settlement.UNTRIED;
        } catch (Throwable t) {
            settlement = failure(call, t);
        } finally {
            try {
                end(worker, call, settlement);
            } finally {
                leaveChannels(worker);
            }
        }
        return true;
    }

    /** Last, after all code of others: what it left would be closed by the interrupt of the next call. */
    private static void leaveChannels(Worker worker) {
        if (!worker.isRetired()) { // its thread ends, and might wait for ever here for an interrupt that hangs
            NoChannel.leaveAny();
        }
    }

    private Call begin(Worker worker, Lane lane, Lease lease) {
        Call call = null;
        try {
            call = lane.begin(lease, worker.thread(), worker.pool(), timer.nanoTime());
            return call;
        } finally {
            if (call == null) { // nobody to call, or no memory for it
                lease.release();
            }
        }
    }

    private Settlement attempt(Call call) throws Exception {
        Envelope envelope = call.lease.item().envelope();
        Settlement refused = guard.allowsAll() ? null : refusal(call, envelope);
        if (refused != null) {
            return refused;
        }
        OpenEvent event;
        try {
            event = sealer.open(CryptoContext.EVENT, envelope);
        } catch (SealException e) {
            return sealer.isDestroyed(CryptoContext.EVENT, envelope.keyId())
                    ? Settlement.dead(DeadReason.KEY_DESTROYED, "its key was destroyed")
                    : Settlement.dead(DeadReason.UNREADABLE, e.getMessage());
        }
        int attempt = call.lease.item().attempt() + 1;
        return call(call, new HandlerDelivery(envelope, event, call.lane.identity, attempt), event);
    }

    /** Null if both the handler and the publisher may. */
    private Settlement refusal(Call call, Envelope envelope) {
        String topic = envelope.topic();
        String publisher = envelope.publisher();
        String receiver = call.member.source.owner().name();
        Guard.Answer receive = guard.askForItself(receiver, "event", "receive", topic);
        if (receive == Guard.Answer.NO) {
            return Settlement.dead(DeadReason.DENIED, receiver + " has no permission event:receive:" + topic);
        }
        Guard.Answer publish = guard.askForItself(publisher, "event", "publish", topic);
        if (publish == Guard.Answer.NO) {
            return Settlement.dead(
                    DeadReason.PUBLISHER_REVOKED, publisher + " has no permission event:publish:" + topic);
        }
        boolean decided = receive != Guard.Answer.UNKNOWN && publish != Guard.Answer.UNKNOWN;
        return decided ? null : Settlement.UNDECIDED;
    }

    private Settlement call(Call call, HandlerDelivery delivery, OpenEvent event) throws Exception {
        Member member = call.member;
        HandlerBinding binding = member.bound();
        if (binding == null) {
            binding = member.fetch();
        }
        if (!call.lane.admits(member) || call.isAbandoned()) {
            return Settlement.UNTRIED; // it left since it was its turn, perhaps while it was fetched
        }
        Thread thread = call.thread;
        String name = thread.getName();
        int priority = thread.getPriority();
        SecurityContext nobody = HandlerContexts.bind(binding.context(delivery.publisher()));
        thread.setContextClassLoader(binding.loader());
        try {
            binding.call(delivery, event);
        } finally {
            HandlerContexts.bind(nobody);
            thread.setContextClassLoader(OWN_LOADER);
            if (!name.equals(thread.getName())) { // whatever the handler did to it
                thread.setName(name);
            }
            if (priority != thread.getPriority()) {
                thread.setPriority(priority);
            }
        }
        return Settlement.HANDLED;
    }

    /** What a call that threw comes to. */
    private Settlement failure(Call call, Throwable thrown) {
        try {
            if (thrown instanceof MismatchException mismatch) {
                return Settlement.dead(DeadReason.MISMATCH, FailureText.messageOf(mismatch));
            }
            if (thrown instanceof UnusableHandlerException unusable) {
                keeper.unusable(call.member, unusable.getMessage());
                return Settlement.UNTRIED;
            }
            call.lane.tellFailure(more -> log.warn(
                    "{}: a call failed ({} more not told): {}", call.lane, more, FailureText.withStack(thrown)));
            if (thrown instanceof AccessUndecidedException && call.lane.undecided() < MOST_UNDECIDED) {
                return Settlement.UNDECIDED;
            }
            String text = FailureText.of(thrown);
            return call.lane.config().isFinal(thrown)
                    ? Settlement.dead(DeadReason.NOT_RETRYABLE, FailureText.classOf(thrown), text)
                    : Settlement.failed(FailureText.classOf(thrown), text);
        } catch (Throwable worse) { // no memory, no stack: do what needs neither
            return Settlement.FAILED;
        }
    }

    private void end(Worker worker, Call call, Settlement settlement) {
        Call.End end = call.finish(timer.nanoTime());
        try {
            if (call.isInterruptHung()) {
                worker.pool().retire(worker);
            }
            if (end == Call.End.ABANDONED) {
                call.pool.abandonedReturned();
            }
            settle(call, settlement, end);
        } catch (Throwable t) {
            // The queue or the log failed. If the lease is not settled yet it is now; if this fails, too, the worker
            // gives it back.
            boolean settled = call.lease.retry(PAUSE);
            log.error("{}: settling an event failed{}", call.lane, settled ? "; it is tried again" : "", t);
        } finally {
            left(call);
        }
    }

    private void left(Call call) {
        Lane lane = call.lane;
        try {
            if (lane.end(call) != null) {
                call.member.source.unget();
            }
        } finally {
            lane.tell(call);
            keeper.quarantines().callEnded(lane);
            if (lane.isRetired() && lane.running() == 0) {
                keeper.lastCallEnded(lane);
            }
        }
    }

    private void settle(Call call, Settlement settlement, Call.End end) {
        if (end == Call.End.OVERRUN_UNNOTICED) {
            countOverrun(call);
        }
        if (end == Call.End.ABANDONED && settlement.wasCalled()) {
            giveUp(call, DeadReason.ABANDONED, "", "its call did not end when the handler had to leave");
            return;
        }
        if (settlement.threw()) {
            counters.failed.increment();
            call.lane.countFailure();
        }
        switch (settlement.kind()) {
            case HANDLED -> {
                call.lease.ack(); // before anything that may need memory
                call.lane.decided();
                counters.delivered.count();
                if (end == Call.End.IN_TIME) { // whatever those make of it who are only told
                    keeper.quarantines().succeeded(call);
                }
                count("event:ack", call, Outcome.DONE);
                monitors.delivered(call);
            }
            case UNTRIED -> call.lease.release();
            case UNDECIDED -> call.lease.release(PAUSE);
            case FAILED -> failed(call, settlement, end);
            default -> giveUp(call, settlement.reason(), settlement.exception(), settlement.detail());
        }
    }

    private void failed(Call call, Settlement settlement, Call.End end) {
        if (end == Call.End.IN_TIME) { // before it can be tried again
            keeper.quarantines().failed(call, settlement.detail());
        }
        retry(call, settlement);
    }

    private void retry(Call call, Settlement settlement) {
        LaneConfig config = call.lane.config();
        int failures = call.lease.item().attempt() + 1;
        if (failures >= config.attempts()) {
            giveUp(call, DeadReason.ATTEMPTS, settlement.exception(), settlement.detail());
        } else {
            monitors.failed(call, settlement.detail()); // before it can be tried again
            call.lease.retry(config.backoff().after(failures, chance.getAsDouble()));
            count("event:deliver", call, Outcome.FAILED);
        }
    }

    private void giveUp(Call call, DeadReason reason, String exception, String detail) {
        Lane lane = call.lane;
        if (call.member.source.isLossy()) {
            call.lease.ack();
            lane.tellDead(more -> log.warn(
                    "{}: a copy of an event was given up, {}: {} ({} more not told)", lane, reason, detail, more));
            return;
        }
        call.lease.deadLetter(reason, exception, detail);
        ends.dead(call, reason, detail);
        lane.tellDead(more -> log.warn(
                "{}: an event became a dead letter, {}: {} ({} more not told); list them with symphony:dead list",
                lane,
                reason,
                detail,
                more));
    }

    private void count(String action, Call call, Outcome outcome) {
        if (!guard.counts()) { // nothing is read from the envelope for nobody
            return;
        }
        Envelope envelope = call.lease.item().envelope();
        String receiver = call.member.source.owner().name();
        UUID id = envelope.eventId();
        guard.count(action, receiver, envelope.topic(), call.lane.identity, outcome, id);
    }
}
