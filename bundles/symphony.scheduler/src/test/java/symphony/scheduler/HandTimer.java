package symphony.scheduler;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongConsumer;
import symphony.api.scheduler.Timer;

/** A timer that is moved by hand and calls back on the thread that moves it. Thread-safe. */
final class HandTimer implements Timer {
    private record Deadline(long at, LongConsumer callback, long cookie, long ticket) {}

    private final List<Deadline> deadlines = new ArrayList<>();
    private long now;
    private long lastTicket;
    private boolean fails;

    HandTimer(long now) {
        this.now = now;
    }

    @Override
    public synchronized long nanoTime() {
        return now;
    }

    /** Once, the next time that somebody sets a deadline. */
    synchronized void failNext() {
        fails = true;
    }

    /** What has passed by now, since somebody moved the clock while it was reckoned, is called at once. */
    @Override
    public long schedule(long deadlineNanos, LongConsumer callback, long cookie) {
        long ticket;
        synchronized (this) {
            if (fails) {
                fails = false;
                throw new OutOfMemoryError("expected by the test");
            }
            ticket = ++lastTicket;
            if (deadlineNanos - now > 0) {
                deadlines.add(new Deadline(deadlineNanos, callback, cookie, ticket));
                notifyAll();
                return ticket;
            }
        }
        callback.accept(cookie);
        return ticket;
    }

    @Override
    public synchronized boolean cancel(long ticket) {
        return deadlines.removeIf(deadline -> deadline.ticket() == ticket);
    }

    void advance(Duration time) {
        advance(time, () -> {});
    }

    /** Another clock moves with this one: nobody sees it moved and reads the old time here after that. */
    void advance(Duration time, Runnable other) {
        List<Deadline> due;
        synchronized (this) {
            other.run();
            now += time.toNanos();
            due = deadlines.stream()
                    .filter(deadline -> deadline.at() - now <= 0)
                    .sorted(Comparator.comparingLong(deadline -> deadline.at() - now))
                    .toList();
            deadlines.removeAll(due);
        }
        due.forEach(deadline -> deadline.callback().accept(deadline.cookie()));
    }

    /** Waits until somebody has set a deadline no later than so far ahead. */
    synchronized void awaitDeadlineWithin(Duration time) throws InterruptedException {
        while (deadlines.stream().noneMatch(deadline -> deadline.at() - now <= time.toNanos())) {
            wait(10_000);
        }
    }
}
