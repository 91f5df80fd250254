package symphony.queue.contract;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;
import symphony.api.scheduler.Timer;

/** A timer that calls back when it is told that time has passed, on the thread that tells it. Thread-safe. */
public final class HandTimer implements Timer {
    private record Deadline(long ticket, long nanos, LongConsumer callback, long cookie) {}

    private final HandClock clock;
    private final Map<Long, Deadline> deadlines = new HashMap<>();
    private long lastTicket;

    /**
     * Without deadlines.
     *
     * @param clock tells the time
     */
    public HandTimer(HandClock clock) {
        this.clock = clock;
    }

    @Override
    public long nanoTime() {
        return clock.nanoTime();
    }

    @Override
    public synchronized long schedule(long deadlineNanos, LongConsumer callback, long cookie) {
        long ticket = ++lastTicket;
        deadlines.put(ticket, new Deadline(ticket, deadlineNanos, callback, cookie));
        return ticket;
    }

    @Override
    public synchronized boolean cancel(long ticket) {
        return deadlines.remove(ticket) != null;
    }

    /**
     * How many deadlines are set.
     *
     * @return 0 or more
     */
    public synchronized int pending() {
        return deadlines.size();
    }

    /** Calls all that are due, in their order, those too that are set by a callback. */
    public void run() {
        for (Optional<Deadline> next = takeDue(); next.isPresent(); next = takeDue()) {
            next.get().callback().accept(next.get().cookie());
        }
    }

    private synchronized Optional<Deadline> takeDue() {
        long now = clock.nanoTime();
        Optional<Deadline> first = deadlines.values().stream()
                .filter(deadline -> deadline.nanos() - now <= 0)
                .min(Comparator.<Deadline>comparingLong(deadline -> deadline.nanos() - now)
                        .thenComparingLong(Deadline::ticket));
        first.ifPresent(deadline -> deadlines.remove(deadline.ticket()));
        return first;
    }
}
