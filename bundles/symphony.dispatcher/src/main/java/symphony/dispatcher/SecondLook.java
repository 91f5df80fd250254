package symphony.dispatcher;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import symphony.api.scheduler.Timer;

/**
 * A look in a second at what could not be told at first, and each second from then on until it can. Each on a thread of its
 * own, since it asks foreign code. One at a time at most; none while nothing is open. Thread-safe.
 */
final class SecondLook {
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Timer timer;
    private final Supervisor supervisor;
    private final ThreadFactory threads;
    private final BooleanSupplier isOpen;
    private final Runnable look;
    private final AtomicBoolean asked = new AtomicBoolean();

    /**
     * Of this kind.
     *
     * @param isOpen whether there is something to look at
     * @param look looks at it
     */
    SecondLook(Timer timer, Supervisor supervisor, ThreadFactory threads, BooleanSupplier isOpen, Runnable look) {
        this.timer = timer;
        this.supervisor = supervisor;
        this.threads = threads;
        this.isOpen = isOpen;
        this.look = look;
    }

    /** Something may be open. */
    void ask() {
        if (!isOpen.getAsBoolean() || !asked.compareAndSet(false, true)) {
            return;
        }
        boolean scheduled = false;
        try {
            scheduled = supervisor.executeAt(timer, timer.nanoTime() + PAUSE_NANOS, this::start);
        } finally {
            if (!scheduled) { // else the look itself says when it is over, perhaps before this
                asked.set(false);
            }
        }
    }

    /** Supervisor only. */
    private void start() {
        boolean started = false;
        try {
            Thread thread = threads.newThread(this::run);
            thread.setName("symphony-dispatcher-second-look");
            thread.start();
            started = true;
        } finally {
            if (!started) { // no memory for a thread, perhaps
                over();
            }
        }
    }

    private void run() {
        try {
            look.run();
        } finally {
            over();
        }
    }

    private void over() {
        asked.set(false);
        ask();
    }
}
