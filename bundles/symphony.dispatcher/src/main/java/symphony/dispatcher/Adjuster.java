package symphony.dispatcher;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.scheduler.Timer;

/**
 * Tells queues whether they hand out, so that one that throws breaks nothing but itself: it is told again each second.
 * Guarded by the registry's lock, which the supervisor takes for it then.
 */
final class Adjuster {
    private static final Logger log = LoggerFactory.getLogger(Adjuster.class);
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final ReentrantLock lock;
    private final Timer timer;
    private final Supervisor supervisor;

    Adjuster(ReentrantLock lock, Timer timer, Supervisor supervisor) {
        this.lock = lock;
        this.timer = timer;
        this.supervisor = supervisor;
    }

    /** As {@link Lane#adjust}, but that nothing its queue throws gets out. */
    void adjust(Lane lane) {
        try {
            lane.adjust();
        } catch (RuntimeException | Error e) {
            if (!lane.adjustsAgain) { // else that is under way, and was said
                adjustSoon(lane);
                log.error(
                        "{}: its queue could not be told whether its handlers are called; it is told again each second",
                        lane,
                        e);
            }
        }
    }

    /** At most once at a time for a lane, until it is told or gone. */
    private void adjustSoon(Lane lane) {
        later(() -> adjustAgain(lane));
        lane.adjustsAgain = true;
    }

    private void adjustAgain(Lane lane) {
        try {
            lane.adjustsAgain = false;
            if (!lane.isGone()) { // who comes back is told then
                lane.adjust();
            }
        } catch (RuntimeException | Error e) {
            adjustSoon(lane);
            log.debug("{}: its queue cannot be told yet", lane, e);
        }
    }

    /** Does something in a second, with the lock. */
    void later(Runnable task) {
        supervisor.executeAt(timer, timer.nanoTime() + PAUSE_NANOS, () -> supervisor.execute(lock, task));
    }
}
