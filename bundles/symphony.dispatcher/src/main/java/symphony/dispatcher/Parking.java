package symphony.dispatcher;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.queue.EventQueue;
import symphony.api.queue.QueueProvider;
import symphony.api.queue.QueueSpec;
import symphony.api.queue.QueueStats;
import symphony.api.scheduler.Timer;

/**
 * Lanes that nobody serves: kept for their time of grace, then retired, and given up once their last call has ended. Guarded
 * by the registry's lock, which the supervisor takes for what comes on its thread, a deadline or the end of a call.
 */
final class Parking {
    /*
     * A deadline is never taken back. It carries the number of the parking it was made for, and is void if the lane has
     * another by then: whoever comes back, is retired or is parked again counts it up.
     *
     * The time of grace is for what follows a departure, the new code's start: it counts from the end of the departure. Bundles
     * that are refreshed together stop one after the other, and only then start: so no lane is given up while a departure is
     * waited for, of whatever bundle, nor within the grace, or a minute if that is shorter, after the last one's end. That
     * puts the end of a grace off by six departure deadlines at most, or a minute if that is longer: bundles that come and go
     * without end must not keep what nobody wants.
     *
     * Nor is one given up while nobody decides who may subscribe, where somebody must, however long: its handler could not
     * come. For those whose grace was over by then, that it is over again counts as the end of a departure. And none that
     * a handler may want about which nobody could decide: it is looked at each second, and so are these.
     *
     * Once the lanes are frozen nothing is given up: what is parked then stays with the providers for the next dispatcher.
     */
    private static final Logger log = LoggerFactory.getLogger(Parking.class);
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final ReentrantLock lock;
    private final Lanes lanes;
    private final Timer timer;
    private final Supervisor supervisor;
    private final Adjuster adjuster;
    private final Predicate<Lane> isAwaited;

    /** Those whose grace is over, and that are kept since something is waited for. */
    private final Map<Lane, Parked> held = new HashMap<>();

    /** Retired ones whose queues failed as what waits was to become dead letters: they are asked again each second. */
    private final Set<Lane> failed = new HashSet<>();

    /** How many are waited for. */
    private final AtomicInteger departures = new AtomicInteger();

    /** When the last one ended, or somebody decided again. */
    private volatile long lastNanos; // written under the lock, as the next

    private volatile boolean isDecided;

    /**
     * Of the registry's lanes.
     *
     * @param isAwaited whether a lane may be wanted by a handler about which nobody could decide
     * @param isDecided whether somebody decides who may subscribe, or nobody needs to
     */
    Parking(
            ReentrantLock lock,
            Lanes lanes,
            Timer timer,
            Supervisor supervisor,
            Adjuster adjuster,
            Predicate<Lane> isAwaited,
            boolean isDecided) {
        this.lock = lock;
        this.lanes = lanes;
        this.timer = timer;
        this.supervisor = supervisor;
        this.adjuster = adjuster;
        this.isAwaited = isAwaited;
        this.isDecided = isDecided;
        this.lastNanos = timer.nanoTime();
    }

    /** Nobody serves a lane any more: keep it for as long as its handler said, or not at all. */
    void park(Lane lane) {
        if (lanes.isFrozen()) {
            return;
        }
        long grace = lane.config().spec().graceMillis();
        if (grace == 0) {
            retire(lane, "its handler left");
        } else if (grace > 0) {
            park(lane, Duration.ofMillis(grace));
        }
    }

    /** Somebody serves a lane again. */
    void resumed(Lane lane) {
        held.remove(lane);
    }

    /** Calls of handlers that leave are waited for from now on. */
    void departureBegins() {
        departures.incrementAndGet();
    }

    /** They ended: the lanes that nobody serves have their time of grace from here. */
    void departureEnds(Collection<Lane> left) {
        departures.decrementAndGet(); // first: whatever fails, no lane is held for this one
        release();
        left.stream()
                .filter(lane -> !lane.isRetired() && lane.active().isEmpty() && lanes.get(lane.identity) == lane)
                .forEach(this::park);
    }

    /** Nobody decides who may subscribe: handlers cannot come. */
    void undecided() {
        isDecided = false;
    }

    /** Somebody does again, and those who waited for it have come. */
    void decided() {
        if (!isDecided) {
            isDecided = true;
            held.replaceAll(
                    (lane, parked) -> parked.isVoid() ? parked : parked(lane, Duration.ofNanos(parked.afterNanos())));
            if (departures.get()
                    > 0) { // those that are waited for at each moment put the end off no longer than to this
                held.values().forEach(parked -> schedule(parked, parked.latestNanos()));
            }
            release();
        }
    }

    /** Something that was waited for is over; if it was the last, those that were kept for it have a last time. */
    private void release() {
        lastNanos = timer.nanoTime();
        if (departures.get() == 0 && isDecided) {
            for (Iterator<Parked> each = held.values().iterator(); each.hasNext(); each.remove()) {
                Parked parked = each.next();
                if (!parked.isVoid()) {
                    awaitDue(parked); // first: if it fails this one is held on
                }
            }
        }
    }

    private void park(Lane lane, Duration grace) {
        awaitDue(parked(lane, grace));
    }

    private Parked parked(Lane lane, Duration grace) {
        return Parked.from(
                timer.nanoTime(),
                lane,
                lane.nextParking(),
                grace,
                lanes.settings().departureDeadline());
    }

    private void awaitDue(Parked parked) {
        schedule(parked, parked.dueNanos(lastNanos));
    }

    private void schedule(Parked parked, long nanos) {
        try {
            timer.schedule(nanos, number -> supervisor.execute(lock, () -> graceOver(parked)), parked.number());
        } catch (IllegalStateException e) {
            log.warn(
                    "{}: is kept until its handler comes back, since the timer is closed ({})",
                    parked.lane(),
                    e.getMessage());
        }
    }

    /** Queues that a provider keeps and that have no lane, since the dispatcher is newer: they become parked lanes. */
    void adopt(QueueProvider provider) {
        provider.queues().forEach(spec -> adopt(provider, spec));
    }

    private void adopt(QueueProvider provider, QueueSpec spec) {
        if (lanes.get(spec.identity()) != null || !Identities.namesBundle(spec.identity())) {
            return;
        }
        try {
            Lane lane = lanes.open(provider.kind(), LaneConfig.of(spec, lanes.settings()));
            long grace = spec.graceMillis();
            if (grace >= 0) {
                // The handler's bundle may be about to start, too: not less than the default.
                park(
                        lane,
                        Duration.ofMillis(
                                Math.max(grace, lanes.settings().grace().toMillis())));
            }
        } catch (RuntimeException | LinkageError e) { // the provider's, too: the other queues are adopted
            log.warn("{}: the queue that was kept cannot be used: {}", spec.identity(), FailureText.reasonOf(e));
        }
    }

    private void graceOver(Parked parked) {
        if (!lanes.isFrozen() && !parked.isVoid()) {
            giveUpOrHold(parked, timer.nanoTime());
        }
    }

    private void giveUpOrHold(Parked parked, long now) {
        boolean late = now - parked.latestNanos() >= 0;
        if (!isDecided) {
            hold(parked);
        } else if (isAwaited.test(parked.lane())) {
            schedule(parked, now + PAUSE_NANOS);
        } else if (departures.get() > 0 && !late) {
            hold(parked);
            schedule(parked, parked.latestNanos());
        } else if (!late && now - parked.dueNanos(lastNanos) < 0) {
            awaitDue(parked);
        } else {
            retire(parked.lane(), "its handler left and nobody took its place within the time of grace");
        }
    }

    private void hold(Parked parked) {
        held.values().removeIf(Parked::isVoid);
        held.put(parked.lane(), parked);
    }

    /** A bundle was uninstalled: what it was the last to serve is retired at once. */
    void retireAllOf(long owner) {
        for (Lane lane : lanes.all()) {
            if (!lanes.isFrozen() && lane.lastOwner() == owner && lane.active().isEmpty()) {
                retire(lane, "its bundle was uninstalled");
            }
        }
    }

    /**
     * Checks that one with another kind of queue may take a lane's place.
     *
     * @throws IllegalArgumentException if it is in use; says what to do
     */
    void checkGivesWay(Lane old, String kind) {
        checkGivesWay(old, old.queue(), kind);
    }

    private static void checkGivesWay(Lane old, EventQueue queue, String kind) {
        boolean empty = queue != null && isEmpty(queue.stats()) && old.running() == 0;
        if (!old.members.isEmpty() || !empty) {
            throw new IllegalArgumentException("the subscription " + old + " has a queue of kind " + old.kind
                    + " that is in use; it cannot become one of kind " + kind
                    + " meanwhile: give the handler another symphony.subscription, or let the queue run empty first");
        }
    }

    /**
     * One with another kind of queue that was prepared takes a lane's place; what was prepared is gone if it cannot. That is
     * checked once more, since to prepare it took its time and events came to the other meanwhile; who publishes in the moment
     * of this check is refused as UNAVAILABLE.
     *
     * @return the queue of the one that gave way, to be forgotten
     * @throws IllegalArgumentException if it is in use; says what to do
     */
    Lane.Attached giveWay(Lane old, Lane prepared) {
        Lane.Attached left = old.attached();
        boolean gives = false;
        old.detach(); // first: nothing more comes then
        try {
            checkGivesWay(old, left.queue(), prepared.kind);
            gives = true;
        } finally {
            if (!gives) {
                old.attach(left.queue(), left.provider());
                lanes.discard(prepared);
            }
        }
        held.remove(old);
        failed.remove(old);
        lanes.replace(old, prepared);
        return left;
    }

    /** Those that were taken along have slots in it, which would go with it. */
    private static boolean isEmpty(QueueStats stats) {
        return stats.depth() == 0 && stats.takenAlong() == 0;
    }

    /** Takes a lane out of service for good: what waits becomes dead letters. Nothing that its queue throws gets out. */
    void retire(Lane lane, String why) {
        if (!lane.isRetired()) {
            held.remove(lane);
            lanes.retire(lane);
            empty(lane, why);
        }
    }

    private void empty(Lane lane, String why) {
        int dead;
        try {
            dead = lanes.deadLetterAll(lane, why);
            failed.remove(lane);
        } catch (RuntimeException | Error e) { // the lane stays, or nobody would find what waits
            boolean first = failed.add(lane);
            adjuster.later(() -> emptyAgain(lane, why));
            if (first) {
                log.error(
                        "{}: what waits could not be made dead letters, {}; it is tried again each second",
                        lane,
                        why,
                        e);
            } else { // that was said
                log.debug("{}: what waits cannot be made dead letters yet", lane, e);
            }
            return;
        }
        Lanes.tellDead(lane, dead, why);
        finish(lane);
    }

    private void emptyAgain(Lane lane, String why) {
        boolean goes = !lanes.isFrozen() && lane.isRetired() && lanes.get(lane.identity) == lane;
        if (goes && failed.contains(lane)) {
            empty(lane, why);
        } else {
            failed.remove(lane); // somebody took its place, or it is gone
        }
    }

    /** The last call of a lane that is about to go has ended. Any thread, without the lock. */
    void lastCallEnded(Lane lane) {
        supervisor.execute(lock, () -> finish(lane));
    }

    private void finish(Lane lane) {
        if (!lanes.isFrozen()
                && lane.isRetired()
                && !failed.contains(lane)
                && lane.running() == 0
                && lanes.get(lane.identity) == lane) {
            lanes.remove(lane);
        }
    }
}
