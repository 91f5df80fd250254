package symphony.queue;

import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.scheduler.Timer;

/** Asks the timer for the earliest due time of one queue. */
final class DueAlarm {
    /*
     * The timer is a foreign service, so it is never called under the queue's lock; what we know of it is guarded by that
     * lock. Between deciding (under the lock) and setting (outside) somebody else may decide anew: the stamp tells whether
     * what was set is still wanted. An alarm that went off too early, or twice, only makes the queue look.
     */
    private static final Logger log = LoggerFactory.getLogger(DueAlarm.class);

    private final Surroundings around;
    private final ReentrantLock lock;
    private final Runnable look;
    private boolean set;
    private long setForNanos;
    private long stamp;
    private Timer setAt;
    private long ticket;

    /** {@code look} is called on the timer's thread when something may be due; it must ask again with {@link #set}. */
    DueAlarm(Surroundings around, ReentrantLock lock, Runnable look) {
        this.around = around;
        this.lock = lock;
        this.look = look;
    }

    /** Whether it must be set for this event. Call with the lock. */
    boolean isLateFor(Entry first) {
        return first != null && around.timer() != null && (!set || first.dueNanos - setForNanos < 0);
    }

    /** Sets it for the first delayed event, if it is not set so. Call without the lock. */
    void set(Backlog backlog) {
        Timer timer;
        long mine;
        long due;
        Runnable cancel;
        lock.lock();
        try {
            Entry first = backlog.firstDelayed();
            timer = around.timer();
            if (timer == null || !isLateFor(first)) {
                return;
            }
            cancel = forget();
            set = true;
            due = first.dueNanos;
            setForNanos = due;
            mine = stamp;
        } finally {
            lock.unlock();
        }
        cancel.run();
        schedule(timer, due, mine);
    }

    private void schedule(Timer timer, long dueNanos, long mine) {
        long given;
        try {
            long left = dueNanos - around.nanos.getAsLong();
            given = timer.schedule(timer.nanoTime() + left, this::ring, mine);
        } catch (IllegalStateException e) {
            // It is being closed; its successor will be bound, and any pop finds what is due meanwhile.
            log.debug("the timer is closed; delayed events are looked for at the next pop: {}", e.getMessage());
            given = 0;
        } catch (Throwable t) { // the one who settles or pushes here must not pay for it
            log.error("the timer failed; delayed events are looked for at the next pop", t);
            given = 0;
        }
        boolean wanted;
        lock.lock();
        try {
            wanted = set && stamp == mine;
            if (wanted) {
                set = given != 0;
                ticket = given;
                setAt = timer;
            }
        } finally {
            lock.unlock();
        }
        if (!wanted && given != 0) {
            cancel(timer, given);
        }
    }

    private static void cancel(Timer timer, long ticket) {
        try {
            timer.cancel(ticket);
        } catch (Throwable t) { // an alarm too many only makes the queue look
            log.error("the timer failed as an alarm was taken back; going on", t);
        }
    }

    private void ring(long mine) {
        lock.lock();
        try {
            if (stamp == mine) {
                set = false;
                ticket = 0;
                setAt = null;
            }
        } finally {
            lock.unlock();
        }
        look.run();
    }

    /** Nothing is set any more. Call with the lock, and run the result without it. */
    Runnable forget() {
        stamp++;
        set = false;
        Timer at = setAt;
        long old = ticket;
        setAt = null;
        ticket = 0;
        return at == null || old == 0 ? () -> {} : () -> cancel(at, old);
    }
}
