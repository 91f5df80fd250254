package symphony.dispatcher;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.scheduler.Timer;

/**
 * The one thread that makes all others, does what must not be done on the timer's thread, and looks at the calls while some
 * run. Sleeps when there is nothing to do. Thread-safe.
 */
final class Supervisor {
    /*
     * A thread made while a handler's code is on the stack would keep that handler's class loader (its access control
     * context, on JDK 17). So workers ask, and this thread makes.
     *
     * It looks every interval while calls run and some intervals longer, so that a trickle of events does not wake it for
     * each. Going to sleep it first says so and then looks once more; who begins to serve first shows that and then asks
     * whether it sleeps: one of them sees the other.
     *
     * What may take its time, an interrupt, it leaves to others, and looks again soon whether they are still at it. Nor does it
     * wait for a lock, for whoever holds that may be opening a queue: it comes back to what needs one.
     *
     * Nothing ends it but end(), also not an Error, and not that the log fails as it is told of it: without this thread no
     * worker would be made and no call interrupted any more.
     */
    private static final Logger log = LoggerFactory.getLogger(Supervisor.class);
    private static final int QUIET_LOOKS = 5;
    private static final long AFTER_FAULT_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /**
     * Longest wait at its end until somebody takes the calls that shall be interrupted. A time in which its thread stands still
     * counts as a single wait between two looks.
     */
    private static final long LAST_INTERRUPTS_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final Queue<Locked> locked = new ArrayDeque<>(); // its own thread only
    private final Supplier<Duration> interval;
    private final LongSupplier nanos;
    private final Interrupter interrupter;
    private final Thread thread;
    private volatile BooleanSupplier look = () -> false;
    private volatile boolean asleep;
    private volatile boolean asked;
    private volatile boolean ended;

    Supervisor(ThreadFactory threads, Supplier<Duration> interval) {
        this(threads, interval, System::nanoTime);
    }

    /** @param nanos the clock by which it looks */
    Supervisor(ThreadFactory threads, Supplier<Duration> interval, LongSupplier nanos) {
        this.interval = interval;
        this.nanos = nanos;
        this.interrupter = new Interrupter(threads, nanos);
        this.thread = threads.newThread(this::run);
        this.thread.setName("symphony-dispatcher-supervisor");
    }

    /** A task that needs a lock. */
    private record Locked(ReentrantLock lock, Runnable task) {}

    /** Begins, with what to look at: it tells whether to look again soon. */
    void start(BooleanSupplier watchdog) {
        look = watchdog;
        interrupter.start();
        thread.start();
    }

    /** Runs a short task soon, on the supervisor's thread. */
    void execute(Runnable task) {
        tasks.add(task);
        LockSupport.unpark(thread);
    }

    /**
     * Runs a short task with a lock, on the supervisor's thread: soon, on that thread at once, or else, if another holds the
     * lock, soon after that is free. Those that need one run in the order in which they come.
     */
    void execute(ReentrantLock lock, Runnable task) {
        if (isCurrent()) {
            locked.add(new Locked(lock, task));
            runLocked();
        } else {
            execute(() -> execute(lock, task));
        }
    }

    /** Something began that must be watched. */
    void watch() {
        if (asleep) {
            asked = true;
            LockSupport.unpark(thread);
        }
    }

    /**
     * Does something later.
     *
     * @param nanos when, by the timer's clock
     * @return false, and it is not done, if the timer is closed: then the dispatcher is about to stop
     */
    boolean executeAt(Timer timer, long nanos, Runnable task) {
        try {
            timer.schedule(nanos, number -> execute(task), 0);
            return true;
        } catch (IllegalStateException e) {
            log.debug("the timer is closed, the dispatcher is about to stop", e);
            return false;
        }
    }

    /** Has a call interrupted soon, unless it ends before. Needs no memory. */
    void interrupt(Call call) {
        interrupter.ask(call);
        LockSupport.unpark(thread);
    }

    /** Ends after the tasks that were given so far. */
    void end() {
        execute(() -> ended = true);
    }

    boolean isCurrent() {
        return Thread.currentThread() == thread;
    }

    void join(Duration most) throws InterruptedException {
        if (!isCurrent()) {
            long end = System.nanoTime() + most.toNanos();
            thread.join(Math.max(1, most.toMillis()));
            Thread interrupting = interrupter.waiting();
            if (interrupting != null) {
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                interrupting.join(Math.max(1, left));
            }
        }
    }

    private void run() {
        Throwable failure = null;
        while (!ended) {
            boolean telling = failure != null;
            try {
                if (telling) {
                    LockSupport.parkNanos(this, AFTER_FAULT_NANOS);
                    report("the dispatcher's supervisor failed and goes on", failure);
                }
                telling = false;
                failure = null;
                work();
            } catch (Throwable t) {
                // An Error of our own path, or no memory: see above. Told in the next turn, since all that could
                // be done here may fail as well: even a text needs memory as it is first used. That telling fails
                // is not told.
                failure = telling ? null : t;
            }
        }
        try {
            interruptRest();
        } finally {
            interrupter.close();
            runRestLocked();
        }
    }

    /** Has those interrupted that were asked for, as far as threads can be had. */
    private void interruptRest() {
        long left = LAST_INTERRUPTS_NANOS;
        long last = nanos.getAsLong();
        while (interrupter.isAsked() && left > 0) {
            interrupter.look();
            LockSupport.parkNanos(this, Interrupter.PATIENCE_NANOS);
            Thread.interrupted();
            long now = nanos.getAsLong();
            left -= Math.min(now - last, Interrupter.PATIENCE_NANOS);
            last = now;
        }
    }

    private void work() {
        int quiet = 0;
        long last = nanos.getAsLong();
        // Looked at right after the tasks, of which one may be the end: nobody would wake it from a sleep after that.
        for (runTasks(); !ended; runTasks()) {
            long pause = interval.get().toNanos();
            long now = nanos.getAsLong();
            if (now - last >= pause) {
                quiet = safeLook() ? 0 : quiet + 1;
                last = now;
            }
            interrupter.look();
            if (interrupter.isAsked() || !locked.isEmpty()) { // some wait for one that is at another, or has the lock
                pauseUntil(now + Math.min(pause, Interrupter.PATIENCE_NANOS));
            } else if (quiet < QUIET_LOOKS) {
                pauseUntil(last + pause);
            } else if (sleep()) {
                quiet = 0;
                last = nanos.getAsLong();
            }
        }
    }

    private void pauseUntil(long end) {
        if (tasks.isEmpty()) {
            LockSupport.parkNanos(this, end - nanos.getAsLong());
        }
        Thread.interrupted();
    }

    /** Sleeps until there is a task or a call to interrupt, false, or something to watch, true. */
    private boolean sleep() {
        asleep = true;
        try {
            boolean busy = safeLook();
            while (!busy && !asked && tasks.isEmpty() && locked.isEmpty() && !interrupter.isAsked()) {
                LockSupport.park(this);
                Thread.interrupted();
            }
            return busy || asked;
        } finally {
            asleep = false;
            asked = false;
        }
    }

    private void runTasks() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            run(task);
        }
        runLocked();
    }

    private void runLocked() {
        for (Locked next = locked.peek(); next != null && next.lock.tryLock(); next = locked.peek()) {
            runNext(next);
        }
    }

    /** At its end nobody needs this thread any more, so it may wait. */
    private void runRestLocked() {
        for (Locked next = locked.peek(); next != null; next = locked.peek()) {
            next.lock.lock();
            runNext(next);
        }
    }

    private void runNext(Locked next) {
        try {
            locked.remove();
            run(next.task);
        } finally {
            next.lock.unlock();
        }
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (Throwable t) { // an Error, too
            report("a task of the dispatcher failed", t);
        }
    }

    private boolean safeLook() {
        try {
            return look.getAsBoolean();
        } catch (Throwable t) {
            report("the watchdog failed and will look again", t);
            return true;
        }
    }

    private static void report(String what, Throwable t) {
        try {
            log.error(what, t);
        } catch (Throwable worse) { // no memory for a line, or a log that throws: there is nobody left to tell
            LockSupport.parkNanos(AFTER_FAULT_NANOS);
        }
    }
}
