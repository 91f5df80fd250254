package symphony.dispatcher;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import symphony.api.queue.Lease;

/** A thread that serves lanes, one after the other. Survives whatever a handler throws. */
final class Worker implements Runnable {
    /** Looks of the watchdog that find it at the same step, after which it counts as held up. */
    private static final int HELD_UP_LOOKS = 2;

    private final Pool pool;
    private final Deliverer deliverer;
    private final Thread thread;

    /** Bundles whose handlers it called; thread-locals of theirs may have stayed. */
    private final Set<Long> served = ConcurrentHashMap.newKeySet();

    private long lastServed = -1;
    private boolean once;

    /** How many steps it made: one for each event, from the taking of it to its end. Written by its own thread only. */
    private final AtomicInteger steps = new AtomicInteger();

    /** What it has taken and not settled, null between the steps, and where to leave it if that fails. Own thread only. */
    private Lease lease;

    private Unsettled.Place place;
    private volatile boolean serving;

    /** Whether its pool counts it among those that serve. Pool's lock. */
    private boolean counts;

    /** Whether it found its lane empty. Own thread only. */
    private boolean empty;

    /** What the watchdog saw last. Supervisor only. */
    private int seenStep = -1;

    private int looks;
    private volatile Call current;
    private volatile boolean asleep;
    private volatile boolean retired;

    Worker(Pool pool, Deliverer deliverer, ThreadFactory threads, String name) {
        this.pool = pool;
        this.deliverer = deliverer;
        this.thread = threads.newThread(this);
        this.thread.setName(name);
    }

    void start() {
        thread.start();
    }

    @Override
    public void run() {
        try {
            for (Lane lane = pool.next(this); lane != null; lane = pool.next(this)) {
                serve(lane);
            }
        } catch (Throwable t) {
            // A fault of ours, or no memory even for what follows a failure: somebody else must take its place.
            pool.lost(this, t);
        }
    }

    private void serve(Lane lane) {
        Throwable failure = null;
        step();
        serving = true;
        try {
            deliverer.watch();
            batch(lane);
        } catch (Throwable t) {
            // Handlers cannot get here, deliverer and lane settle what they throw: it is the queue that failed, or
            // memory.
            failure = t;
        }
        try {
            giveBack(lane);
        } catch (Throwable t) {
            failure = t;
        }
        try {
            current = null;
            letGo(lane, failure);
        } finally {
            serving = false;
        }
    }

    /** What is not settled by now: its queue failed, or there is no memory. */
    private void giveBack(Lane lane) {
        Lease left = lease;
        lease = null;
        if (left == null) {
            return;
        }
        boolean given = false;
        try {
            left.release();
            given = true;
        } finally {
            if (!given) {
                deliverer.giveBackLater(place, lane, left);
                place = null;
            }
        }
    }

    private void step() {
        steps.lazySet(steps.getPlain() + 1);
    }

    /** Whether it has a lane. */
    boolean isServing() {
        return serving;
    }

    /** Supervisor only: looks at it while it serves, and says whether it is held up. */
    boolean look() {
        int step = steps.get();
        looks = step == seenStep ? looks + 1 : 1;
        seenStep = step;
        return looks >= HELD_UP_LOOKS;
    }

    /** Supervisor only: whether it is where it was at the last look. */
    boolean isAtSeenStep() {
        return serving && steps.get() == seenStep;
    }

    private void letGo(Lane lane, Throwable failure) {
        if (failure != null) {
            pool.letGo(lane); // first, or the lane could still count as served when it is asked again
            lane.tryLater(failure);
            return;
        }
        try {
            pool.done(lane, empty);
        } catch (RuntimeException | Error e) { // whoever dies of it here leaves a lane behind that nobody lists
            lane.tryLater(e);
        }
    }

    private void batch(Lane lane) {
        empty = false;
        int most = once ? 1 : pool.settings().batch();
        for (int i = 0; i < most && !retired; i++) {
            step();
            if (place == null) {
                place = new Unsettled.Place();
            }
            Lease taken = lane.pop();
            if (!taken.isPresent()) {
                empty = true;
                return;
            }
            lease = taken;
            if (i == 0) {
                pool.share(lane);
            }
            boolean called = deliverer.deliver(this, lane, taken);
            lease = null;
            if (!called || pool.shouldYield(lane)) {
                return;
            }
        }
    }

    /** Own thread only: a call begins. */
    void began(Call call) {
        long owner = call.member.source.owner().id();
        if (owner != lastServed) {
            served.add(owner);
            lastServed = owner;
        }
        current = call;
    }

    /**
     * Whether calls of a lane may begin, which may be in another pool by now; asked after a call was shown, so that either it
     * is not made, or it is waited for.
     */
    boolean mayCall(Lane lane) {
        return pool.isOpen() && lane.pool().isOpen();
    }

    void overrun(Call call) {
        deliverer.overrun(call);
    }

    Thread thread() {
        return thread;
    }

    Pool pool() {
        return pool;
    }

    Call current() {
        return current;
    }

    boolean isCurrent() {
        return Thread.currentThread() == thread;
    }

    boolean hasServed(long owner) {
        return served.contains(owner);
    }

    /** Whether the lane that it takes next gets one call only. Own thread only. */
    void turn(boolean single) {
        once = single;
    }

    void retire() {
        retired = true;
    }

    boolean isRetired() {
        return retired;
    }

    /** Pool's lock. */
    boolean counts() {
        return counts;
    }

    /** Pool's lock. */
    void counts(boolean among) {
        counts = among;
    }

    /** Pool's lock: it will park. */
    void sleep() {
        asleep = true;
    }

    void awake() {
        asleep = false;
    }

    boolean isAsleep() {
        return asleep;
    }

    void wake() {
        asleep = false;
        unpark();
    }

    /** One that is awake by now looks. */
    void unpark() {
        LockSupport.unpark(thread);
    }

    /** Parks until woken, true, or until the time is over, false; null waits for ever. Own thread only. */
    boolean park(Duration most) {
        long end = most == null ? 0 : System.nanoTime() + most.toNanos();
        while (asleep) {
            if (most == null) {
                LockSupport.park(this);
            } else {
                long left = end - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                LockSupport.parkNanos(this, left);
            }
            Thread.interrupted(); // nobody may interrupt a worker that waits; a pending one would make it spin
        }
        return true;
    }

    void join(long millis) throws InterruptedException {
        thread.join(millis);
    }
}
