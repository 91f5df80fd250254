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
     * of two changes that overtake each other the later one is seen by both.
     */
    private static final Logger log = LoggerFactory.getLogger(Quarantines.class);

    private final ReentrantLock lock;
    private final Timer timer;
    private final InstantSource clock;
    private final Supervisor supervisor;
    private final Supplier<BreakerSettings> settings;
    private final HealthEvents health;

    Quarantines(
            ReentrantLock lock,
            Timer timer,
            InstantSource clock,
            Supervisor supervisor,
            Supplier<BreakerSettings> settings,
            HealthEvents health) {
        this.lock = lock;
        this.timer = timer;
        this.clock = clock;
        this.supervisor = supervisor;
        this.settings = settings;
        this.health = health;
    }

    /** A call returned in time. */
    void succeeded(Lane lane) {
        after(lane, lane.breaker.succeeded(settings.get()));
    }

    /** A call went over its time limit. */
    void overran(Lane lane) {
        after(lane, lane.breaker.overran(settings.get(), timer.nanoTime()));
    }

    /** A call threw. */
    void failed(Lane lane, UUID event, String how) {
        after(lane, lane.breaker.failed(event, how, settings.get(), timer.nanoTime()));
    }

    /** Somebody wants it so. */
    void open(Lane lane, String reason) {
        after(lane, lane.breaker.open(reason, settings.get(), timer.nanoTime()));
    }

    /** Somebody wants it no longer, or the handler is another now: false if the lane was in none. */
    boolean lift(Lane lane, String why) {
        if (!lane.breaker.lift()) {
            return false;
        }
        apply(lane);
        log.info("{}: its quarantine is lifted, {}; its handlers are called again", lane, why);
        health.closed(lane);
        return true;
    }

    private void after(Lane lane, Breaker.Change change) {
        if (change == Breaker.Change.NONE) {
            return;
        }
        apply(lane);
        if (change == Breaker.Change.CLOSED) {
            log.info("{}: the probe succeeded, its quarantine is over; its handlers are called again", lane);
            health.closed(lane);
        } else {
            opened(lane, change);
        }
    }

    private void opened(Lane lane, Breaker.Change change) {
        Breaker.Opening opening = lane.breaker.opening();
        if (opening == null) {
            return; // lifted meanwhile
        }
        Duration wait = Duration.ofNanos(Math.max(0, opening.probeNanos() - timer.nanoTime()));
        log.warn(
                "{}: {}{}; its handlers are not called, its events wait; one is tried in {} ms, symphony:quarantine lift calls"
                        + " them at once",
                lane,
                change == Breaker.Change.OPENED ? "in quarantine, since " : "",
                opening.reason(),
                wait.toMillis());
        health.opened(lane, view(lane));
        try {
            timer.schedule(
                    opening.probeNanos(), number -> supervisor.execute(() -> waitOver(lane, number)), opening.number());
        } catch (IllegalStateException e) {
            log.debug("the timer is closed, the dispatcher is about to stop", e);
        }
    }

    private void waitOver(Lane lane, long number) {
        Breaker.Opening opening = lane.breaker.opening();
        if (opening != null && opening.number() == number) {
            probe(lane);
        }
    }

    /** A call of a lane has ended. */
    void callEnded(Lane lane) {
        if (lane.breaker.isOpen()) {
            supervisor.execute(() -> probe(lane));
        }
    }

    /** Supervisor only: makes the probe if it is due and no call runs. */
    private void probe(Lane lane) {
        lock.lock();
        try {
            Breaker.Opening opening = lane.breaker.opening();
            boolean due = opening != null && timer.nanoTime() - opening.probeNanos() >= 0;
            if (due && lane.running() == 0 && lane.breaker.halfOpen(opening.number())) {
                lane.adjust();
            }
        } finally {
            lock.unlock();
        }
    }

    private void apply(Lane lane) {
        lock.lock();
        try {
            lane.adjust();
        } finally {
            lock.unlock();
        }
    }

    /** As people see it; null if it is in none. */
    Quarantine view(Lane lane) {
        Breaker.Opening opening = lane.breaker.opening();
        if (opening == null) {
            return null;
        }
        long nanos = timer.nanoTime();
        Instant now = clock.instant();
        return new Quarantine(
                opening.reason(),
                now.plusNanos(opening.sinceNanos() - nanos),
                now.plusNanos(opening.probeNanos() - nanos),
                opening.probes());
    }
}
