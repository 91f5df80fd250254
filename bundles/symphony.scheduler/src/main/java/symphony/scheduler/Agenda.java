package symphony.scheduler;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What a scheduler holds, by when it is due. Each entry stands in at most one of five sets, and who takes it out settles it.
 * Thread-safe.
 */
final class Agenda {
    /*
     * Delays and instants go by two clocks that cannot be compared for long, so each has a set of its own. What is due moves
     * on to the third, where urgency counts. The fourth has what was refused and will be offered again. Whoever waits for
     * another time stands, on the way, in a set whose order no time changes.
     *
     * Memory may run out at each step that puts something in. So nothing leaves a set before it is in the next one, what was
     * handed out stays known until it is settled or back, and what was left halfway goes on when the agenda is looked at next.
     *
     * Balanced trees and not the timer's heap: entries are removed from the middle, and listed in order.
     */
    /** Longest wait for an instant: by then a jump of the wall clock is seen. */
    static final long WALL_CHECK_NANOS = TimeUnit.SECONDS.toNanos(2);

    static final long NEVER = Long.MAX_VALUE;

    private static final int BATCH = 1_000;

    private static final Comparator<Waiting> BY_ORDER = (a, b) -> Long.compare(a.order, b.order);
    private static final Comparator<Waiting> BY_DUE = byDifference((a, b) -> a.dueAt() - b.dueAt());
    private static final Comparator<Waiting> BY_RETRY = byDifference((a, b) -> a.retryNanos - b.retryNanos);
    private static final Comparator<Waiting> BY_DUE_NANOS = byDifference((a, b) -> a.dueNanos - b.dueNanos);
    private static final Comparator<Waiting> BY_URGENCY =
            Comparator.<Waiting>comparingInt(w -> w.envelope().priority()).thenComparing(BY_DUE_NANOS);

    /** Guards the sets and the entries' fields; nothing is called while it is held. */
    private final Object lock = new Object();

    private final TreeSet<Waiting> delays = new TreeSet<>(BY_DUE);
    private final TreeSet<Waiting> instants = new TreeSet<>(BY_DUE);
    private final TreeSet<Waiting> ready = new TreeSet<>(BY_URGENCY);
    private final TreeSet<Waiting> retries = new TreeSet<>(BY_RETRY);
    private final TreeSet<Waiting> moving = new TreeSet<>(BY_ORDER);
    private final long wallCheckNanos;
    private long nextOrder;

    /** What was handed out and is neither back nor gone for good; null if nothing is. */
    private Waiting taken;

    /** What was taken is with the dispatcher, or was. */
    private boolean handedOver;

    private boolean closed;
    private boolean drained;

    /** Looks at the wall clock so often, while an instant is waited for. */
    Agenda(long wallCheckNanos) {
        this.wallCheckNanos = wallCheckNanos;
    }

    /** Nanoseconds overflow: they are compared by difference. */
    private static Comparator<Waiting> byDifference(Difference difference) {
        Comparator<Waiting> first = (a, b) -> Long.signum(difference.between(a, b));
        return first.thenComparing(BY_ORDER);
    }

    /** What became of an {@link #add}. */
    enum Added {
        FIRST,
        BEHIND_OTHERS,
        CLOSED
    }

    Added add(Waiting waiting) {
        synchronized (lock) {
            if (closed) {
                return Added.CLOSED;
            }
            waiting.order = nextOrder++;
            TreeSet<Waiting> set = setOf(waiting);
            put(waiting, set);
            return set.first() == waiting ? Added.FIRST : Added.BEHIND_OTHERS;
        }
    }

    /**
     * Back to where it waits for its next time, at its old place among those due together. Goes on after {@link #close()}, too.
     */
    boolean addAgain(Waiting waiting) {
        synchronized (lock) {
            if (drained) {
                return false;
            }
            putBack(waiting, setOf(waiting));
            return true;
        }
    }

    /** The wall clock was put right: has what waits for a time by it wait for the one that comes next now. */
    void findNextTime(Waiting waiting, Now now) {
        Due due = waiting.due();
        move(waiting, due, waiting.dueAfterCorrection(now)); // looking for it takes too long for the lock
    }

    /**
     * Has what waits for one time wait for another, unless it does so no longer; also what is due already. In one step: the
     * order of a set must not change under it. What is not in here stays as it is.
     */
    void move(Waiting waiting, Due from, Due to) {
        synchronized (lock) {
            if (waiting.home == null) {
                return;
            }
            boolean underItsTime = waiting.home == delays || waiting.home == instants;
            if (waiting.attempt != null && !underItsTime) {
                waiting.move(from, to); // it stands under the time of a retry, which stays
                return;
            }
            if (waiting.home != moving) {
                change(waiting, moving);
            }
            waiting.move(from, to);
            change(waiting, setOf(waiting));
        }
    }

    private TreeSet<Waiting> setOf(Waiting waiting) {
        return waiting.due().wall() ? instants : delays;
    }

    /** Unlike {@link #add} this goes on after {@link #close()}: what was being published then is kept, too. */
    boolean addRetry(Waiting waiting, long atNanos) {
        synchronized (lock) {
            if (drained) {
                return false;
            }
            if (waiting.order == Waiting.UNORDERED) {
                waiting.order = nextOrder++;
            }
            waiting.retryNanos = atNanos;
            putBack(waiting, retries);
            return true;
        }
    }

    /** How many of these were claimed, and are being offered, or will be offered again. Cost: all that are due. */
    long countFired(Predicate<Waiting> which) {
        synchronized (lock) {
            return Stream.of(retries.stream(), ready.stream(), Stream.ofNullable(taken))
                    .flatMap(Function.identity())
                    .distinct()
                    .filter(waiting -> waiting.isFired() && which.test(waiting))
                    .count();
        }
    }

    boolean remove(Waiting waiting) {
        synchronized (lock) {
            boolean here = waiting.home != null;
            if (here) {
                takeOut(waiting);
                waiting.home = null;
            }
            return here;
        }
    }

    private static void takeOut(Waiting waiting) {
        if (!waiting.home.remove(waiting)) {
            throw new IllegalStateException(waiting + " is not where it was put: the order of the agenda is broken");
        }
    }

    /** Moves what is due. The lock is let go of now and then: a million may be due at once. */
    void collectDue(long nowNanos, long nowMicros) {
        boolean more = true;
        while (more) {
            synchronized (lock) {
                more = collectSome(nowNanos, nowMicros);
            }
        }
    }

    private boolean collectSome(long nowNanos, long nowMicros) {
        while (!moving.isEmpty()) {
            change(moving.first(), setOf(moving.first()));
        }
        for (int i = 0; i < BATCH; i++) {
            if (!delays.isEmpty() && delays.first().dueAt() - nowNanos <= 0) {
                Waiting first = delays.first();
                moveToReady(first, first.dueAt());
            } else if (!instants.isEmpty() && instants.first().dueAt() <= nowMicros) {
                Waiting first = instants.first();
                moveToReady(first, nowNanos - Due.nanosOf(nowMicros - first.dueAt()));
            } else if (!retries.isEmpty() && retries.first().retryNanos - nowNanos <= 0) {
                moveToReady(retries.first(), retries.first().dueNanos);
            } else {
                return false;
            }
        }
        return true;
    }

    private void moveToReady(Waiting waiting, long dueNanos) {
        waiting.dueNanos = dueNanos;
        change(waiting, ready);
    }

    /** First it comes in, then it goes out: if memory runs out in between, it is where it was. */
    private static void change(Waiting waiting, TreeSet<Waiting> to) {
        to.add(waiting);
        takeOut(waiting);
        waiting.home = to;
    }

    /** If that fails, it is nowhere. */
    private static void put(Waiting waiting, TreeSet<Waiting> set) {
        set.add(waiting);
        waiting.home = set;
    }

    private void putBack(Waiting waiting, TreeSet<Waiting> set) {
        put(waiting, set);
        if (taken == waiting) {
            taken = null;
        }
    }

    /**
     * Takes out what is to be published next; null if nothing is due, or it is closed. It counts as taken until it is back in
     * here or {@link #letGo}.
     */
    Waiting pollReady() {
        synchronized (lock) {
            Waiting first = closed ? null : ready.pollFirst();
            if (first != null) {
                first.home = null;
                taken = first;
                handedOver = false;
            }
            return first;
        }
    }

    /** What {@link #pollReady} would give, if nothing changes meanwhile. */
    Optional<Waiting> peekReady() {
        synchronized (lock) {
            return closed || ready.isEmpty() ? Optional.empty() : Optional.of(ready.first());
        }
    }

    /**
     * What was taken goes to the dispatcher now: from here on its event is with the thread that took it. False if it was not,
     * since it was taken out with all others by {@link #drain}.
     */
    boolean handOver(Waiting waiting) {
        synchronized (lock) {
            boolean here = taken == waiting;
            handedOver |= here;
            return here;
        }
    }

    /** Whether the dispatcher has what was taken, or had it, and it is neither back nor gone for good. */
    boolean isHandedOver() {
        synchronized (lock) {
            return taken != null && handedOver;
        }
    }

    /** What was taken is gone for good; says whether anything was. */
    boolean letGo() {
        synchronized (lock) {
            boolean here = taken != null;
            taken = null;
            return here;
        }
    }

    Optional<Waiting> taken() {
        synchronized (lock) {
            return Optional.ofNullable(taken);
        }
    }

    int readySize() {
        synchronized (lock) {
            return ready.size();
        }
    }

    /** How long nothing will be due, in nanoseconds; {@link #NEVER} if nothing waits. */
    long untilNext(long nowNanos, long nowMicros) {
        synchronized (lock) {
            long wait = moving.isEmpty() ? NEVER : 0;
            if (!delays.isEmpty()) {
                wait = Math.min(wait, delays.first().dueAt() - nowNanos);
            }
            if (!retries.isEmpty()) {
                wait = Math.min(wait, retries.first().retryNanos - nowNanos);
            }
            if (!instants.isEmpty()) {
                long left = Due.nanosOf(instants.first().dueAt() - nowMicros);
                wait = Math.min(wait, Math.min(left, wallCheckNanos));
            }
            return wait;
        }
    }

    /**
     * Candidates for a list of so many: what is due, the next of each clock, and those recurrences that wait for their next time
     * while an event of theirs is offered again, or is with the publisher.
     */
    List<Waiting> candidates(int most) {
        synchronized (lock) {
            var due = new Earliest(most, BY_DUE_NANOS);
            var offeredByTimer = new Earliest(most, BY_DUE);
            var offeredByWall = new Earliest(most, BY_DUE);
            for (var set : List.of(ready, retries)) {
                for (Waiting waiting : set) {
                    if (waiting.attempt == null) {
                        due.add(waiting);
                    } else { // under the time of its event, which says nothing about its next one
                        (waiting.due().wall() ? offeredByWall : offeredByTimer).add(waiting);
                    }
                }
            }
            var found = new ArrayList<Waiting>();
            List.of(due, offeredByTimer, offeredByWall).forEach(each -> found.addAll(each.latestFirst));
            delays.stream().limit(most).forEach(found::add);
            instants.stream().limit(most).forEach(found::add);
            found.addAll(moving);
            taken().ifPresent(found::add);
            return found;
        }
    }

    /** The first few that still wait. A million may be there, in another order; sorting them all would hold up the publisher. */
    private static final class Earliest {
        private final int most;
        private final PriorityQueue<Waiting> latestFirst;

        Earliest(int most, Comparator<Waiting> order) {
            this.most = most;
            this.latestFirst = new PriorityQueue<>(order.reversed());
        }

        void add(Waiting waiting) {
            if (waiting.isWaiting()) {
                latestFirst.add(waiting);
            }
            if (latestFirst.size() > most) {
                latestFirst.remove();
            }
        }
    }

    /** Takes nothing new and hands out nothing; says whether it did before. */
    boolean close() {
        synchronized (lock) {
            boolean first = !closed;
            closed = true;
            return first;
        }
    }

    boolean isClosed() {
        synchronized (lock) {
            return closed;
        }
    }

    /**
     * What was left.
     *
     * @param all in the order in which it came
     * @param taken what was to be published, and cannot be put back any more
     * @param handedOver whether the dispatcher has that, or had it; else it cannot be handed over any more
     */
    record Left(List<Waiting> all, Optional<Waiting> taken, boolean handedOver) {}

    /**
     * Takes all out; from now on nothing can be put back. In one step with the look at what is taken: that comes back either
     * before, and is among the others, or not at all; and either it was handed over before, or it is not at all.
     */
    Left drain() {
        synchronized (lock) {
            drained = true;
            var all = new ArrayList<Waiting>();
            for (var set : List.of(delays, instants, ready, retries, moving)) {
                all.addAll(set);
                set.clear();
            }
            all.forEach(waiting -> waiting.home = null);
            all.sort(BY_ORDER);
            var left = new Left(all, taken(), handedOver);
            taken = handedOver ? taken : null;
            return left;
        }
    }

    /** Of two longs, that may overflow. */
    private interface Difference {
        long between(Waiting a, Waiting b);
    }
}
