package symphony.nlp;

import java.time.Duration;
import symphony.api.scheduler.Timer;

/** Interrupts the thread that made it when its time is over, unless it was ended before. Once only. */
final class TimeLimit {
    /*
     * The interrupt is given while the monitor is held, as is the end: so it never comes after the end, to whatever the thread
     * does then. One that was given is taken away at the end. Another one that came at the same time goes with it; the thread
     * learns by the exception that it is late anyway.
     */
    private final Timer timer;
    private final Thread thread = Thread.currentThread();
    private final long deadline;
    private final long ticket;

    // Guarded by this monitor.
    private boolean ended;
    private boolean late;

    TimeLimit(Timer timer, Duration limit) {
        this.timer = timer;
        this.deadline = timer.nanoTime() + limit.toNanos();
        this.ticket = timer.schedule(deadline, cookie -> interrupt(), 0);
    }

    private synchronized void interrupt() {
        if (!ended) {
            late = true;
            thread.interrupt();
        }
    }

    /** Whether it was late, also if the timer has not come to it yet. */
    boolean end() {
        timer.cancel(ticket);
        synchronized (this) {
            ended = true;
            if (late) {
                Thread.interrupted();
            }
            return late || timer.nanoTime() - deadline >= 0;
        }
    }
}
