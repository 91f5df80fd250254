package symphony.dispatcher;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.dispatcher.PoolView;
import symphony.component.QuietLog;

/** Workers, and the lanes that wait for one. Thread-safe. */
final class Pool {
    /*
     * A lane is listed while it has something due, somebody may be called, and it may have one worker more. Who can make
     * that true lists it: the queue's signal, who sets the lane up, a worker that has just taken a lane that may have
     * several, a worker that lets go of a lane. Nothing is lost between them: a signal that finds the lane fully served
     * leaves a mark at it and is dropped, and the worker that serves it looks at the mark after it has let go, and at the lane
     * itself unless it found that empty; who leaves the mark looks once more whether it is still served. Only after that the
     * worker counts as resting: whoever waits for quiet never sees the moment between.
     *
     * A worker that must end takes no lane. It may have been the one that was woken for a lane, or that looked on for work
     * while others slept on; therefore whoever leaves wakes another if lanes wait. One that is told to end during a call
     * counts no longer, and another may take its place, but its call is watched, and waited for, like any other.
     *
     * A worker takes the most urgent lane, unless the one that has waited longest has waited longer than "fair": that one
     * gets a single call, and whoever takes a lane next goes by urgency again, so that with ever so many that have waited long
     * every second take is an urgent one. A worker keeps its lane for a batch, as long as nobody more urgent waits.
     *
     * Idle workers park; a lane that is listed wakes one, the one that went to sleep last. It is woken after the lock is
     * free: the system often runs who is woken at once, and in the place of who wakes it. One worker at most looks on for
     * work a few microseconds before it parks, so that a steady trickle of events does not pay for a wake-up each; while it
     * looks, listing wakes nobody, and when it takes a lane and more wait it wakes the next. Workers are made only by the
     * supervisor: here they are asked for. One that is asked for counts until it is there, whoever wants it, and none is made
     * where there are as many as may be. Threads beyond the configured number stand in for workers that are held up, by
     * long calls or by whatever else keeps them from the next step. They end when they had nothing to do for a while, or when
     * for so long there was no look of the watchdog at which they were needed. Those that begin a long call at that time are
     * not known to be held up before the second look at it; therefore one look decides nothing, and as soon as spares are
     * needed none ends.
     *
     * A lane whose queue fails is listed by nobody, and a timer may be away: the watchdog's look asks for it after a while.
     * It gets to the watchdog only from a worker that has let go of it: nobody else looks again after that one.
     *
     * An Error may come at each allocation. What must happen together, a lane taken and counted, a thread asked for and
     * counted, a worker gone and no longer listed, has none between its parts, and what can fail comes first.
     */
    private static final long SPIN_NANOS = 50_000;
    private static final boolean MAY_SPIN = Runtime.getRuntime().availableProcessors() > 1;
    /** Lanes that the watchdog looks at whether they have become more urgent; the others follow once these are served. */
    private static final int MOST_AGED = 64;
    /** A long call counts as such from the second look on. */
    private static final int LOOKS_FOR_SURPLUS = 2;

    private static final Logger log = LoggerFactory.getLogger(Pool.class);
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

    final String name;
    private final boolean virtual;
    private final LongSupplier nanos;
    private final Supervisor supervisor;
    private final WorkerMaker maker;
    private final QuietLog losses;
    private final AtomicInteger names = new AtomicInteger();
    private final Set<Worker> workers = ConcurrentHashMap.newKeySet(); // changed under lock; removing needs no memory

    /** Told to end, and not ended yet. */
    private final Set<Worker> leaving = ConcurrentHashMap.newKeySet();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition quiet = lock.newCondition();
    private final ReadyLanes ready =
            new ReadyLanes(); // this and the rest guarded by lock; volatiles are read without it
    private final ArrayDeque<Worker> idle = new ArrayDeque<>();
    private final Runnable hire = this::hire;
    private int asked;

    /** Lanes whose queues failed, in the order in which they are asked again. */
    private ReadyLanes.Entry firstFailed;

    private ReadyLanes.Entry lastFailed;
    private int serving;

    /** Of those that serve, how many are at a call that was abandoned; for a moment less than there are, even negative. */
    private int abandoned;

    private long lost;
    private boolean fairTaken;

    /** Workers that are to end as soon as they have let go of their lanes, since they are not needed to stand in. */
    private int surplus;

    /** Those that were held up at the last look, or may have been when the size was changed after it. */
    private int held;

    /** Supervisor only: fewest that were not held up at a look, at how many looks, since when, and whether two are enough. */
    private int fewestFree = Integer.MAX_VALUE;

    private int looks;
    private long fewestSinceNanos;
    private boolean resized;
    private volatile boolean tooMany;
    private volatile boolean spinning;
    private volatile int topPriority = ReadyLanes.NOBODY;
    private volatile long oldestNanos;
    private boolean opened;
    private volatile boolean paused;
    private volatile boolean open; // opened and neither paused nor closed
    private volatile boolean closed;
    private volatile PoolSettings size;
    private volatile DispatcherSettings settings;

    /** Makes a worker and starts its thread. */
    @FunctionalInterface
    interface WorkerMaker {
        Worker make(Pool pool, String name);
    }

    Pool(
            String name,
            PoolSettings size,
            DispatcherSettings settings,
            LongSupplier nanos,
            Supervisor supervisor,
            WorkerMaker maker) {
        this.name = name;
        this.virtual = size.virtual();
        this.size = size;
        this.settings = settings;
        this.nanos = nanos;
        this.supervisor = supervisor;
        this.maker = maker;
        this.losses = new QuietLog(nanos);
    }

    DispatcherSettings settings() {
        return settings;
    }

    PoolSettings size() {
        return size;
    }

    /** Whether its threads shall be virtual ones. */
    boolean isVirtual() {
        return virtual;
    }

    void apply(PoolSettings changed, DispatcherSettings shared) {
        size = changed;
        settings = shared;
        supervisor.execute(this::fit);
    }

    /**
     * Supervisor only: ends workers that are too many now, and wakes as many as lanes wait for if there may be more. Whoever
     * is at the same step as at the last look may be held up, and counts as such; the next two looks tell.
     */
    private void fit() {
        lock.lock();
        try {
            held = (int) workers.stream().filter(Worker::isAtSeenStep).count();
            surplus = Math.max(0, workers.size() - held - size.workers());
            trim();
            tooMany = workers.size() > size.mostWorkers();
            resized = true;
            fewestFree = Integer.MAX_VALUE;
            looks = 0;
            for (int i = Math.min(ready.size(), size.workers() - workers.size() - asked); open && i > 0; i--) {
                wakeOrAsk();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Lets idle workers end that are too many. Under lock. */
    private void trim() {
        while (!idle.isEmpty() && (surplus > 0 || workers.size() > size.mostWorkers())) {
            Worker one = idle.peekLast();
            leaving.add(one);
            idle.pollLast();
            one.retire();
            workers.remove(one);
            one.wake();
            surplus = Math.max(0, surplus - 1);
        }
        if (workers.size() > size.workers()) {
            idle.forEach(Worker::wake); // from now on they wait no longer than those that stand in
            idle.clear();
        }
    }

    /** Hands out lanes from now on, unless it is paused. */
    void open() {
        set(true, paused);
    }

    /** Hands out no lane any more; calls that run go on. */
    void shut() {
        set(false, paused);
    }

    /** Hands out no lane while it is paused; calls that run go on. */
    void pause(boolean on) {
        set(opened, on);
    }

    boolean isPaused() {
        return paused;
    }

    private void set(boolean nowOpened, boolean nowPaused) {
        lock.lock();
        try {
            opened = nowOpened;
            paused = nowPaused;
            open = nowOpened && !nowPaused && !closed;
            publishHints();
            for (int i = open ? Math.min(ready.size(), size.workers()) : 0; i > 0; i--) {
                wakeOrAsk();
            }
            quiet.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Ends all workers, each after its call. */
    void close() {
        lock.lock();
        try {
            open = false;
            closed = true;
            workers.forEach(Worker::retire);
            idle.forEach(Worker::wake);
            idle.clear();
        } finally {
            lock.unlock();
        }
    }

    /** Something of a lane can be taken. Any thread, without locks of queues. */
    void ready(ReadyLanes.Entry entry) {
        int priority = entry.lane.readyPriority();
        if (priority < 0) {
            return;
        }
        Worker woken;
        lock.lock();
        try {
            woken = list(entry, priority);
        } finally {
            lock.unlock();
        }
        wake(woken);
    }

    /** Something of this priority is there: the lane may be more urgent now than it is listed. */
    void moreUrgent(ReadyLanes.Entry entry, int priority) {
        int listed = entry.priority();
        if (listed == ReadyLanes.NOBODY || listed <= priority) {
            return;
        }
        lock.lock();
        try {
            if (entry.isListed() && entry.priority() > priority) {
                ready.move(entry, priority);
                publishHints();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Gives the worker to wake; null if there is none. */
    private Worker list(ReadyLanes.Entry entry, int priority) {
        if (closed || entry.hasLeft() || isFullyServed(entry.lane)) {
            return null;
        }
        if (!entry.isListed()) {
            ready.add(entry, priority, nanos.getAsLong());
            publishHints();
            return open && !spinning ? sleeperOrAsk() : null;
        }
        if (entry.priority() > priority) {
            ready.move(entry, priority);
            publishHints();
        }
        return null;
    }

    private boolean isFullyServed(Lane lane) {
        if (lane.served() < most(lane)) {
            return false;
        }
        lane.missed = true;
        return lane.served() >= most(lane);
    }

    private void publishHints() {
        if (ready.size() == 0 || !open) {
            topPriority = ReadyLanes.NOBODY;
        } else {
            oldestNanos = ready.oldest().sinceNanos();
            topPriority = ready.topPriority();
        }
    }

    private void wakeOrAsk() {
        wake(sleeperOrAsk());
    }

    /** One that sleeps, to be woken by who gets it; null if none does, then one is asked for if there may be more. */
    private Worker sleeperOrAsk() {
        Worker sleeper = idle.pollFirst();
        if (sleeper != null) {
            sleeper.awake(); // now, since it may have gone to sleep again when it is woken
        } else if (workers.size() + asked < size.workers()) {
            supervisor.execute(hire);
            asked++; // it takes the lock before it counts down
        }
        return sleeper;
    }

    private static void wake(Worker sleeper) {
        if (sleeper != null) {
            sleeper.unpark();
        }
    }

    /** Supervisor only. */
    private void hire() {
        boolean made = false;
        try {
            addWorker();
            made = true;
        } finally {
            if (!made) {
                supervisor.watch(); // the next look finds lanes without a worker and tries again
            }
        }
    }

    /** Supervisor only: makes one that was asked for, unless there are enough by now. */
    private void addWorker() {
        Worker worker = null;
        try {
            worker = mayAdd() ? maker.make(this, "symphony-" + name + '-' + names.incrementAndGet()) : null;
        } finally {
            add(worker);
        }
        if (worker != null) {
            start(worker);
        }
    }

    private boolean mayAdd() {
        lock.lock();
        try {
            return !closed && workers.size() < size.mostWorkers();
        } finally {
            lock.unlock();
        }
    }

    /** It is there now instead of asked for; null if there is none. */
    private void add(Worker worker) {
        lock.lock();
        try {
            if (worker != null) {
                workers.add(worker);
            }
            if (worker != null && closed) {
                worker.retire();
            }
        } finally {
            asked--;
            lock.unlock();
        }
    }

    private void start(Worker worker) {
        boolean started = false;
        try {
            worker.start();
            started = true;
        } finally {
            if (!started) { // no memory for a thread: nobody may count on it
                forget(worker);
            }
        }
    }

    private void forget(Worker worker) {
        lock.lock();
        try {
            workers.remove(worker);
        } finally {
            lock.unlock();
        }
    }

    /** The next lane for a worker, which waits for one; null if the worker shall end. */
    Lane next(Worker worker) {
        boolean spun = false;
        while (true) {
            Lane taken = null;
            Worker woken = null;
            lock.lock();
            try {
                rest(worker);
                if (worker.isRetired() || isOneTooMany()) {
                    leave(worker);
                    return null;
                }
                if (open && ready.size() > 0) {
                    woken = ready.size() > 1 && !spinning ? sleeperOrAsk() : null;
                    taken = take(worker);
                } else if (spun || spinning || !MAY_SPIN || !open) {
                    worker.sleep();
                    idle.addFirst(worker);
                } else {
                    spinning = true;
                }
            } finally {
                lock.unlock();
            }
            wake(woken);
            if (taken != null) {
                return taken;
            }
            if (worker.isAsleep()) {
                spun = false;
                if (!park(worker)) {
                    return null;
                }
            } else {
                spin();
                spun = true;
            }
        }
    }

    /** Under lock; for one that is not retired and serves nobody. */
    private boolean isOneTooMany() {
        if (tooMany) {
            tooMany = workers.size() > size.mostWorkers();
            return tooMany;
        }
        if (surplus > 0 && workers.size() - held > size.workers()) {
            surplus--;
            return true;
        }
        surplus = 0;
        return false;
    }

    private Lane take(Worker worker) {
        long now = nanos.getAsLong();
        ReadyLanes.Entry oldest = ready.oldest();
        boolean overdue = !fairTaken && now - oldest.sinceNanos() > settings.fairNanos();
        ReadyLanes.Entry entry = overdue ? oldest : ready.mostUrgent();
        fairTaken = overdue && entry.priority() > ready.topPriority();
        worker.turn(fairTaken);
        ready.remove(entry);
        Lane lane = entry.lane;
        lane.takenUp();
        worker.counts(true);
        serving++;
        publishHints();
        return lane;
    }

    private void spin() {
        long end = System.nanoTime() + SPIN_NANOS;
        while (topPriority == ReadyLanes.NOBODY && open && System.nanoTime() - end < 0) {
            Thread.onSpinWait();
        }
        lock.lock();
        try {
            spinning = false;
        } finally {
            lock.unlock();
        }
    }

    /** Parks until woken; false if the worker had nothing to do for so long that it ends. */
    private boolean park(Worker worker) {
        boolean spare = workers.size() > size.workers();
        if (worker.park(spare ? settings.spareIdle() : null)) {
            return true;
        }
        lock.lock();
        try {
            if (!worker.isAsleep()) {
                return true; // woken in the last moment
            }
            idle.remove(worker);
            worker.awake();
            if (workers.size() <= size.workers()) {
                return true;
            }
            leave(worker);
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** Under lock. Who leaves may be the one that was woken, or looked on, for a lane: another takes its place. */
    private void leave(Worker worker) {
        rest(worker);
        workers.remove(worker);
        leaving.remove(worker);
        quiet.signalAll();
        wakeForReady();
    }

    private void wakeForReady() {
        if (open && ready.size() > 0) {
            wakeOrAsk();
        }
    }

    /** A worker's thread ends without having been told to. Tells it last, since that needs memory. */
    void lost(Worker worker, Throwable why) {
        lock.lock();
        try {
            lost++;
            leave(worker);
        } finally {
            lock.unlock();
            supervisor.watch(); // it finds lanes without a worker if that failed, too
        }
        losses.write(more -> log.error(
                "pool {}: a worker ended by a fault, another takes its place ({} more not told)", name, more, why));
    }

    /** A lane that may have several workers was taken, and one event of it: others may come, too. */
    void share(Lane lane) {
        if (lane.served() < most(lane)) {
            lane.ready();
        }
    }

    /** Workers that one lane may have: so many are left that slow calls of a single one hold up nobody else. */
    private int most(Lane lane) {
        PoolSettings now = size;
        return Math.min(lane.limit(), Math.max(now.workers(), now.mostWorkers() - now.workers()));
    }

    /** A worker lets go of a lane, in which it found nothing more, or perhaps not. It counts as resting once it takes the next. */
    void done(Lane lane, boolean empty) {
        lane.letGo();
        if (lane.missed || !empty) {
            lane.missed = false;
            lane.ready();
        }
    }

    /** A worker lets go of a lane that cannot be served at the moment. */
    void letGo(Lane lane) {
        lane.letGo();
    }

    /**
     * Lists a lane whose queue failed in a second, if it is ready then. Who serves it lets go of it first. Needs no memory,
     * but to tell it, which is last, since it may take its time.
     */
    void tryLater(ReadyLanes.Entry entry, Throwable why) {
        lock.lock();
        try {
            if (!entry.failed && !closed) {
                keep(entry);
            }
        } finally {
            lock.unlock();
        }
        supervisor.watch();
        entry.lane.tellFailure(more -> log.error("{}: its queue failed; trying again in a second", entry.lane, why));
    }

    private void keep(ReadyLanes.Entry entry) {
        entry.failed = true;
        entry.againNanos = nanos.getAsLong() + AGAIN_NANOS;
        if (firstFailed == null) {
            firstFailed = entry;
        } else {
            lastFailed.nextFailed = entry;
        }
        lastFailed = entry;
    }

    /** Supervisor only: asks the lanes again whose queues failed a while ago; whether there are more of them. */
    private boolean tryAgain(long now) {
        ReadyLanes.Entry entry = takeFailed(now);
        while (entry != null) {
            Lane lane = entry.lane;
            try {
                if (!lane.isGone()) { // who comes back is asked then
                    lane.ready();
                }
            } catch (RuntimeException | Error e) {
                lane.tryLater(e);
            }
            entry = takeFailed(now);
        }
        return firstFailed != null;
    }

    private ReadyLanes.Entry takeFailed(long now) {
        lock.lock();
        try {
            ReadyLanes.Entry entry = firstFailed;
            if (entry == null || now - entry.againNanos < 0) {
                return null;
            }
            firstFailed = entry.nextFailed;
            lastFailed = firstFailed == null ? null : lastFailed;
            entry.nextFailed = null;
            entry.failed = false;
            return entry;
        } finally {
            lock.unlock();
        }
    }

    /** Under lock: it has let go of the lane it served, if it did. */
    private void rest(Worker worker) {
        if (worker.counts()) {
            worker.counts(false);
            serving--;
            quiet.signalAll();
        }
    }

    /** Whether a worker shall let go of its lane, because another has waited too long or is more urgent. */
    boolean shouldYield(Lane lane) {
        int top = topPriority;
        if (top == ReadyLanes.NOBODY || tooMany) {
            return tooMany || !open;
        }
        if (nanos.getAsLong() - oldestNanos > settings.fairNanos()) {
            return true;
        }
        int own = lane.readyPriority();
        return own < 0 || top < own;
    }

    /** Lists a lane no more, until it is ready again. */
    void remove(ReadyLanes.Entry entry) {
        lock.lock();
        try {
            if (entry.isListed()) {
                ready.remove(entry);
                publishHints();
                quiet.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Lists a lane never again by this entry: it goes to another pool. */
    void leave(ReadyLanes.Entry entry) {
        lock.lock();
        try {
            entry.leave();
        } finally {
            lock.unlock();
        }
        remove(entry);
    }

    /** Ends a worker that serves, after its current call; another may take its place at once. The worker itself only. */
    void retire(Worker worker) {
        lock.lock();
        try {
            worker.retire(); // first: there may be no memory for the rest, and it ends nevertheless
            leaving.add(worker);
            workers.remove(worker);
            wakeForReady();
        } finally {
            lock.unlock();
        }
    }

    /** Ends each worker that ever called a handler of an owner, after its current call; others take their places. */
    void retire(long owner) {
        lock.lock();
        try {
            for (Worker worker : workers) {
                if (worker.hasServed(owner)) {
                    leaving.add(worker);
                    worker.retire();
                    workers.remove(worker);
                    if (idle.remove(worker)) {
                        worker.wake();
                    }
                }
            }
            wakeForReady();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until no lane waits for a worker and no worker serves one, apart from the one that asks. Lanes that wait in a
     * paused pool wait for somebody else.
     *
     * @return whether it came to that in time
     */
    boolean awaitQuiet(Duration deadline) throws InterruptedException {
        long left = deadline.toNanos();
        Worker asking = current();
        lock.lockInterruptibly();
        try {
            while (isBusy(asking)) {
                if (left <= 0) {
                    return false;
                }
                left = quiet.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Nobody waits for the one that asks, null if it is no worker, and for those whose calls were abandoned. Under lock. */
    private boolean isBusy(Worker asking) {
        int asks = asking != null && asking.isServing() && !isAbandoned(asking.current()) ? 1 : 0;
        return open && ready.size() > 0 || serving > abandoned + asks;
    }

    private static boolean isAbandoned(Call call) {
        return call != null && call.isAbandoned() && !call.isDone();
    }

    /** The worker whose thread the current one is; null if it is none of this pool. */
    private Worker current() {
        return all().filter(Worker::isCurrent).findAny().orElse(null);
    }

    /** A call of it was abandoned: nobody waits for it any more. */
    void abandoned() {
        countAbandoned(1);
    }

    /** One that was abandoned came back. */
    void abandonedReturned() {
        countAbandoned(-1);
    }

    private void countAbandoned(int more) {
        lock.lock();
        try {
            abandoned += more;
            quiet.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Whether it is quiet, as {@link #awaitQuiet} has it, and at the same moment something else holds. */
    boolean isQuietAnd(BooleanSupplier other) {
        Worker asking = current();
        lock.lock();
        try {
            return !isBusy(asking) && other.getAsBoolean();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until all workers have ended, apart from the one that asks. */
    boolean awaitEnd(Duration deadline) throws InterruptedException {
        long end = System.nanoTime() + deadline.toNanos();
        for (Worker worker : all().toList()) {
            if (!worker.isCurrent()) {
                long millis = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                worker.join(Math.max(1, millis));
            }
        }
        return isEmpty();
    }

    /** Whether all workers have ended. */
    boolean isEmpty() {
        return workers.isEmpty() && leaving.isEmpty();
    }

    /**
     * The watchdog's look, supervisor only: interrupts calls over their limit, and starts workers where lanes wait because
     * others are held up.
     *
     * @return whether there is something to look at again soon
     */
    boolean watch() {
        boolean busy = false;
        int heldNow = 0;
        long now = nanos.getAsLong();
        for (Worker worker : all().toList()) {
            if (worker.isServing()) {
                busy = true;
                heldNow += worker.look() && !worker.isRetired() ? 1 : 0;
            } else if (!worker.isAsleep()) {
                worker.unpark(); // who had to, once it had said so, may have met an Error before
            }
            Call call = worker.current();
            if (call != null && !call.isDone() && call.isOver(now)) {
                worker.overrun(call);
            }
        }
        busy |= tryAgain(now);
        age();
        noteSurplus(heldNow, now);
        addWorkers(askForSpares());
        return busy || topPriority != ReadyLanes.NOBODY;
    }

    private void noteSurplus(int heldNow, long now) {
        lock.lock();
        try {
            held = heldNow;
            fewestFree = Math.min(fewestFree, workers.size() - held);
            looks++;
            boolean over =
                    resized || now - fewestSinceNanos >= settings.spareIdle().toNanos();
            if (over && looks >= LOOKS_FOR_SURPLUS) {
                surplus = Math.max(0, fewestFree - size.workers());
                fewestFree = Integer.MAX_VALUE;
                looks = 0;
                fewestSinceNanos = now;
                resized = false;
            }
        } finally {
            lock.unlock();
        }
    }

    /** Events grow more urgent while they wait, and so do the lanes that have waited longest. */
    private void age() {
        List<ReadyLanes.Entry> oldest;
        lock.lock();
        try {
            oldest = ready.oldest(MOST_AGED);
        } finally {
            lock.unlock();
        }
        for (ReadyLanes.Entry entry : oldest) {
            int priority = entry.lane.readyPriority();
            if (priority >= 0) {
                moreUrgent(entry, priority);
            }
        }
    }

    /** Supervisor only: makes so many that were asked for; if one cannot be made, the others are asked for no more. */
    private void addWorkers(int some) {
        int left = some;
        try {
            while (left > 0) {
                left--; // it counts down itself
                addWorker();
            }
        } finally {
            lock.lock();
            try {
                asked -= left;
            } finally {
                lock.unlock();
            }
        }
    }

    /** Asks for as many workers as are missing so that as many as configured are not held up; says how many. */
    private int askForSpares() {
        lock.lock();
        try {
            if (!open || ready.size() == 0 || !idle.isEmpty() || spinning) {
                return 0;
            }
            int free = workers.size() + asked - held;
            int wanted = Math.min(size.workers() - free, ready.size());
            int spares = Math.max(0, Math.min(wanted, size.mostWorkers() - workers.size() - asked));
            if (spares > 0) {
                asked += spares;
                surplus = 0;
            }
            return spares;
        } finally {
            lock.unlock();
        }
    }

    private Stream<Worker> all() {
        return Stream.concat(workers.stream(), leaving.stream()).distinct();
    }

    /** Whether calls may begin. */
    boolean isOpen() {
        return open;
    }

    /** The calls that run, and those that have ended lately and may not be settled yet. */
    List<Call> calls() {
        return all().map(Worker::current).filter(Objects::nonNull).toList();
    }

    private int running() {
        return (int) calls().stream().filter(call -> !call.isDone()).count();
    }

    /** Whether the current thread is one of its workers. */
    boolean isWorker() {
        return current() != null;
    }

    PoolView view() {
        lock.lock();
        try {
            int all = workers.size();
            int base = size.workers();
            return new PoolView(
                    name,
                    base,
                    Math.max(0, all - base),
                    running(),
                    ready.size(),
                    size.mostWorkers(),
                    virtual && VirtualThreads.areThere(),
                    paused,
                    lost);
        } finally {
            lock.unlock();
        }
    }
}
