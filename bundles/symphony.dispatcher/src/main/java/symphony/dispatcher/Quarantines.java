package symphony.dispatcher;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.dispatcher.Quarantine;
import symphony.api.scheduler.Timer;

/**
 * Acts on what the breakers of lanes say: stops calling, probes, calls again; logs each change once and announces it.
 * Thread-safe; takes the registry's lock.
 */
final class Quarantines {
    /*
     * A lane in quarantine hands out nothing, as one that is paused. Its probe is a call like any other, but with one worker
     * for the lane, and none beside it: not before each call that began earlier has ended, those included that were abandoned
     * or run on over their limit. If the wait is over sooner, the end of the last of them makes the probe.
     *
     * A breaker changes under its own lock, and what follows from it is done under the registry's, from the state it has then:
     * of two changes that overtake each other the first one to come there acts for both, and what is announced comes in order.
     *
     * Calls of a member that is active no longer, or that were abandoned, say nothing about those who are called now.
     */
    private static final Logger log = LoggerFactory.getLogger(Quarantines.class);

    private final ReentrantLock lock;
    private final Timer timer;
    private final InstantSource clock;
    private final Supervisor supervisor;
    private final Adjuster adjuster;
    private final Supplier<BreakerSettings> settings;
    private final HealthEvents health;

    Quarantines(
            ReentrantLock lock,
            Timer timer,
            InstantSource clock,
            Supervisor supervisor,
            Adjuster adjuster,
            Supplier<BreakerSettings> settings,
            HealthEvents health) {
        this.lock = lock;
        this.timer = timer;
        this.clock = clock;
        this.supervisor = supervisor;
        this.adjuster = adjuster;
        this.settings = settings;
        this.health = health;
    }

    /** A call returned in time. */
    void succeeded(Call call) {
        BreakerSettings now = settings.get();
        if (!call.lane.breaker.isClean(now)
                && counts(call)
                && call.lane.breaker.succeeded(now) != Breaker.Change.NONE) {
            changed(call.lane, "the probe succeeded, its quarantine is over");
        }
    }

    /** A call went over its time limit. The supervisor, which may find that, does not wait for whoever has the lock. */
    void overran(Call call) {
        if (counts(call) && call.lane.breaker.overran(settings.get(), timer.nanoTime()) != Breaker.Change.NONE) {
            if (supervisor.isCurrent()) {
                supervisor.execute(lock, () -> changed(call.lane, ""));
            } else {
                changed(call.lane, "");
            }
        }
    }

    /** A call threw. */
    void failed(Call call, String how) {
        UUID event = call.lease.item().envelope().eventId();
        if (counts(call)
                && call.lane.breaker.failed(event, how, settings.get(), timer.nanoTime()) != Breaker.Change.NONE) {
            changed(call.lane, "");
        }
    }

    private static boolean counts(Call call) {
        return call.lane.active().contains(call.member) && !call.isAbandoned();
    }

    /** Somebody wants it so. */
    void open(Lane lane, String reason) {
        lane.breaker.open(reason, settings.get(), timer.nanoTime());
        changed(lane, "");
    }

    /** Somebody wants it no longer, or the handler is another now: false if the lane was in none. */
    boolean lift(Lane lane, String why) {
        if (!lane.breaker.lift()) {
            return false;
        }
        changed(lane, "its quarantine is lifted, " + why);
        return true;
    }

    /** Its breaker changed, to closed for this reason, if it did. */
    private void changed(Lane lane, String closing) {
        Breaker.Opening opening;
        boolean tells;
        lock.lock();
        try {
            opening = lane.breaker.opening();
            long number = opening == null ? 0 : opening.number();
            tells = lane.quarantineTold != number;
            if (tells && opening != null) {
                await(lane, opening); // first: whatever fails now, a probe will be made
            }
            lane.quarantineTold = number;
            adjuster.adjust(lane);
            if (tells) {
                announce(lane, opening);
            }
        } finally {
            lock.unlock();
        }
        if (tells && opening != null) {
            Duration wait = Duration.ofNanos(Math.max(0, opening.probeNanos() - timer.nanoTime()));
            log.warn(
                    "{}: {}{}; its handlers are not called, its events wait; one is tried in {} ms, symphony:quarantine lift"
                            + " calls them at once",
                    lane,
                    opening.probes() == 0 ? "in quarantine, since " : "",
                    opening.reason(),
                    wait.toMillis());
        } else if (tells) {
            log.info(
                    "{}: {}; its handlers are called again",
                    lane,
                    closing.isEmpty() ? "its quarantine is over" : closing);
        }
    }

    /** Whether anybody hears of it must not decide whether handlers are called. */
    private void announce(Lane lane, Breaker.Opening opening) {
        try {
            if (opening == null) {
                health.closed(lane);
            } else {
                health.opened(lane, view(opening));
            }
        } catch (RuntimeException | Error e) {
            log.error("{}: its quarantine began or ended, which could not be announced", lane, e);
        }
    }

    private void await(Lane lane, Breaker.Opening opening) {
        supervisor.executeAt(timer, opening.probeNanos(), () -> waitOver(lane, opening.number()));
    }

    /** Other settings apply. Registry's lock. */
    void reconsider(Lane lane) {
        if (lane.breaker.reconsider(settings.get())) {
            Breaker.Opening now = lane.breaker.opening();
            if (now != null) {
                await(lane, now);
            }
        }
    }

    private void waitOver(Lane lane, long number) {
        Breaker.Opening opening = lane.breaker.opening();
        if (opening != null && opening.number() == number) {
            supervisor.execute(lock, () -> probe(lane));
        }
    }

    /** A call of a lane has ended. */
    void callEnded(Lane lane) {
        if (lane.breaker.isOpen()) {
            supervisor.execute(lock, () -> probe(lane));
        }
    }

    /** Supervisor only, with the lock: makes the probe if it is due and no call runs. */
    private void probe(Lane lane) {
        Breaker.Opening opening = lane.breaker.opening();
        boolean due = opening != null && timer.nanoTime() - opening.probeNanos() >= 0;
        if (due && lane.running() == 0 && lane.breaker.halfOpen(opening.number())) {
            adjuster.adjust(lane);
        }
    }

    /** As people see it; null if it is in none. */
    Quarantine view(Lane lane) {
        Breaker.Opening opening = lane.breaker.opening();
        return opening == null ? null : view(opening);
    }

    private Quarantine view(Breaker.Opening opening) {
        long nanos = timer.nanoTime();
        Instant now = clock.instant();
        return new Quarantine(
                opening.reason(),
                now.plusNanos(opening.sinceNanos() - nanos),
                now.plusNanos(opening.probeNanos() - nanos),
                opening.probes());
    }
}
