package symphony.dispatcher;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls whose handlers must leave: waited for, then interrupted, then abandoned. One thread only. */
final class Departure {
    private static final Logger log = LoggerFactory.getLogger(Departure.class);
    /** Time for an interrupt to show, from when it begins. */
    private static final long AFTER_INTERRUPT_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    /** Longest wait for an interrupt to begin: those of other calls may hang, and no thread be there for this one. */
    private static final long UNTIL_INTERRUPT_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final int MAX_FRAMES = 40;

    private final List<Call> calls;
    private final CountDownLatch running;

    /** When the interrupts were asked for. */
    private long askedNanos;

    /**
     * Of these calls. The current thread's own call, the one that asks to leave, is not waited for, and none that was
     * abandoned before: when the container stops, that has been waited for already.
     */
    Departure(Collection<Call> all) {
        this.calls = all.stream()
                .filter(call -> call.thread != Thread.currentThread() && !call.isAbandoned())
                .collect(Collectors.toCollection(ArrayList::new));
        this.running = new CountDownLatch(calls.size());
        for (Call call : calls) {
            if (!call.lane.watch(call, running)) {
                running.countDown();
            }
        }
    }

    /**
     * Waits; an interrupt of the waiting thread ends the wait, and stays pending.
     *
     * @param deadline longest wait before the calls are interrupted
     * @param counters where abandoned calls are counted
     * @param supervisor has them interrupted
     * @return how many were abandoned
     */
    int await(Duration deadline, Counters counters, Supervisor supervisor) {
        if (calls.isEmpty()) {
            return 0;
        }
        try {
            if (running.await(deadline.toNanos(), TimeUnit.NANOSECONDS)) {
                return 0;
            }
            askedNanos = System.nanoTime();
            calls.forEach(supervisor::interrupt);
            if (awaitInterrupted()) {
                return 0;
            }
        } catch (InterruptedException e) {
            askedNanos = System.nanoTime();
            calls.forEach(supervisor::interrupt);
            Thread.currentThread().interrupt();
        }
        return (int) calls.stream().filter(call -> abandon(call, counters)).count();
    }

    /** Whether all ended; else each was interrupted a while ago, or has waited too long for it. */
    private boolean awaitInterrupted() throws InterruptedException {
        for (long left = leftNanos(); left > 0; left = leftNanos()) {
            // Nobody tells when an interrupt begins.
            if (running.await(Math.min(left, Interrupter.PATIENCE_NANOS), TimeUnit.NANOSECONDS)) {
                return true;
            }
        }
        return false;
    }

    private long leftNanos() {
        long now = System.nanoTime();
        return calls.stream().mapToLong(call -> endNanos(call) - now).max().orElse(0);
    }

    private long endNanos(Call call) {
        if (call.isInterruptedSince(askedNanos)) {
            return call.interruptedNanos() + AFTER_INTERRUPT_NANOS;
        }
        return askedNanos + (call.isDone() ? AFTER_INTERRUPT_NANOS : UNTIL_INTERRUPT_NANOS);
    }

    private boolean abandon(Call call, Counters counters) {
        if (call.isDone()) {
            return false; // as most have; a stack costs something
        }
        String where = stack(call.thread); // before it is abandoned, or it may be somewhere else by then
        if (!call.abandon()) {
            return false;
        }
        call.pool.abandoned();
        counters.abandoned.increment();
        call.lane.countAbandoned();
        log.warn(
                "{}: a call of {} did not end in time when its handler had to leave, {}; it is abandoned, its event becomes a"
                        + " dead letter when it returns. It is here:{}",
                call.lane,
                call.member.source.owner(),
                call.isInterruptedSince(askedNanos)
                        ? "nor when interrupted"
                        : "and nobody has come to interrupt it yet",
                where);
        return true;
    }

    private static String stack(Thread thread) {
        return Stream.of(thread.getStackTrace())
                .limit(MAX_FRAMES)
                .map(frame -> System.lineSeparator() + "    at " + frame)
                .collect(Collectors.joining());
    }
}
