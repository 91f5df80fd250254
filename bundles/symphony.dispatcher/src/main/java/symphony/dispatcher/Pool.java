package symphony.dispatcher;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import symphony.api.dispatcher.PoolView;

/** Workers, and the lanes that wait for one. Thread-safe. */
final class Pool {
    /*
     * A lane is listed while it has something due and may have one worker more. Who can make that true lists it: the
     * queue's signal, a worker that has just taken a lane that may have several, a worker that lets go of a lane. Nothing
     * is lost between them: a signal that finds the lane fully served is dropped, but the worker that serves it looks again
     * after it has let go, and only then counts as resting: whoever waits for quiet never sees the moment between.
     *
     * A worker that must end takes no lane. It may have been the one that was woken for a lane, or that looked on for work
     * while others slept on; therefore whoever leaves wakes another if lanes wait. One that is told to end during a call
     * counts no longer, and another may take its place, but its call is watched, and waited for, like any other.
     *
     * A worker takes the most urgent lane, unless the one that has waited longest has waited longer than "fair": that one
     * gets a single call, then urgency counts again. It keeps its lane for a batch, as long as nobody more urgent waits.
     *
     * Idle workers park; a lane that is listed wakes one, the one that went to sleep last. One worker at most looks on for
     * work a few microseconds before it parks, so that a steady trickle of events does not pay for a wake-up each; while it
     * looks, listing wakes nobody, and when it takes a lane and more wait it wakes the next. Workers are made only by the
     * supervisor: here they are asked for. Threads beyond the configured number stand in for workers that are held up by
     * long calls, and end when they had nothing to do for a while.
     */
    private static final long SPIN_NANOS = 50_000;
    private static final boolean MAY_SPIN = Runtime.getRuntime().availableProcessors() > 1;
    /** Looks of the watchdog after which a call counts as holding its worker up. */
    private static final int HELD_UP_LOOKS = 2;

    final String name;
    private final LongSupplier nanos;
    private final Supervisor supervisor;
    private final WorkerMaker maker;
    private final AtomicInteger names = new AtomicInteger();
    private final List<Worker> workers = new CopyOnWriteArrayList<>();

    /** Told to end, and not ended yet. */
    private final Set<Worker> leaving = ConcurrentHashMap.newKeySet();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition quiet = lock.newCondition();
    private final ReadyLanes ready =
            new ReadyLanes(); // this and the rest guarded by lock; volatiles are read without it
    private final ArrayDeque<Worker> idle = new ArrayDeque<>();
    private int asked;
    private int serving;
    private volatile boolean spinning;
    private volatile int topPriority = ReadyLanes.NOBODY;
    private volatile long oldestNanos;
    private volatile boolean open;
    private volatile boolean closed;
    private volatile DispatcherSettings settings;

    /** Makes a worker and starts its thread. */
    @FunctionalInterface
    interface WorkerMaker {
        Worker make(Pool pool, String name);
    }

    Pool(String name, DispatcherSettings settings, LongSupplier nanos, Supervisor supervisor, WorkerMaker maker) {
        this.name = name;
        this.settings = settings;
        this.nanos = nanos;
        this.supervisor = supervisor;
        this.maker = maker;
    }

    DispatcherSettings settings() {
        return settings;
    }

    void apply(DispatcherSettings changed) {
        settings = changed;
        supervisor.execute(this::trim);
    }

    /** Lets idle workers end that are more than are configured now. */
    private void trim() {
        lock.lock();
        try {
            while (workers.size() > settings.workers() && !idle.isEmpty()) {
                Worker one = idle.pollLast();
                one.retire();
                workers.remove(one);
                one.wake();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Hands out lanes from now on. */
    void open() {
        lock.lock();
        try {
            open = true;
            for (int i = 0; i < Math.min(ready.size(), settings.workers()); i++) {
                wakeOrAsk();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Hands out no lane any more; calls that run go on. */
    void shut() {
        lock.lock();
        try {
            open = false;
            topPriority = ReadyLanes.NOBODY;
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

    /** The signal of a lane's queue: something can be taken. Any thread, without locks of queues. */
    void ready(Lane lane) {
        int priority = lane.readyPriority();
        if (priority < 0) {
            return;
        }
        lock.lock();
        try {
            list(lane, priority);
        } finally {
            lock.unlock();
        }
    }

    /** Something was pushed: the lane may be more urgent now than it is listed. */
    void pushed(Lane lane, int priority) {
        int listed = lane.entry.priority();
        if (listed == ReadyLanes.NOBODY || listed <= priority) {
            return;
        }
        lock.lock();
        try {
            if (lane.entry.isListed() && lane.entry.priority() > priority) {
                ready.move(lane.entry, priority);
                publishHints();
            }
        } finally {
            lock.unlock();
        }
    }

    private void list(Lane lane, int priority) {
        ReadyLanes.Entry entry = lane.entry;
        if (closed || lane.served >= most(lane)) {
            return;
        }
        if (!entry.isListed()) {
            ready.add(entry, priority, nanos.getAsLong());
            publishHints();
            if (open && !spinning) {
                wakeOrAsk();
            }
        } else if (entry.priority() > priority) {
            ready.move(entry, priority);
            publishHints();
        }
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
        Worker sleeper = idle.pollFirst();
        if (sleeper != null) {
            sleeper.wake();
        } else if (workers.size() + asked < settings.workers()) {
            asked++;
            supervisor.execute(this::hire);
        }
    }

    /** Supervisor only. */
    private void hire() {
        boolean made = false;
        try {
            if (!closed) {
                addWorker();
                made = true;
            }
        } finally {
            lock.lock();
            try {
                asked--;
                if (!made && !closed) {
                    supervisor.watch(); // the next look finds lanes without a worker and tries again
                }
            } finally {
                lock.unlock();
            }
        }
    }

    private void addWorker() {
        Worker worker = maker.make(this, "symphony-" + name + '-' + names.incrementAndGet());
        lock.lock();
        try {
            workers.add(worker);
            if (closed) {
                worker.retire();
            }
        } finally {
            lock.unlock();
        }
        boolean started = false;
        try {
            worker.start();
            started = true;
        } finally {
            if (!started) { // no memory for a thread: nobody may count on it
                workers.remove(worker);
            }
        }
    }

    /** The next lane for a worker, which waits for one; null if the worker shall end. */
    Lane next(Worker worker) {
        boolean spun = false;
        while (true) {
            lock.lock();
            try {
                if (worker.isRetired()) {
                    leave(worker);
                    return null;
                }
                if (open && ready.size() > 0) {
                    return take(worker);
                }
                if (spun || spinning || !MAY_SPIN || !open) {
                    worker.sleep();
                    idle.addFirst(worker);
                } else {
                    spinning = true;
                }
            } finally {
                lock.unlock();
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

    private Lane take(Worker worker) {
        long now = nanos.getAsLong();
        ReadyLanes.Entry oldest = ready.oldest();
        boolean overdue = now - oldest.sinceNanos() > settings.fairNanos();
        ReadyLanes.Entry entry = overdue ? oldest : ready.mostUrgent();
        worker.turn(overdue && entry.priority() > ready.topPriority());
        ready.remove(entry);
        publishHints();
        Lane lane = entry.lane;
        lane.served++;
        serving++;
        if (ready.size() > 0 && !spinning) {
            wakeOrAsk();
        }
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
        boolean spare = workers.size() > settings.workers();
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
            if (workers.size() <= settings.workers()) {
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
        workers.remove(worker);
        leaving.remove(worker);
        wakeForReady();
        quiet.signalAll();
    }

    private void wakeForReady() {
        if (open && ready.size() > 0) {
            wakeOrAsk();
        }
    }

    /** A worker's thread ends without having been told to. */
    void lost(Worker worker) {
        lock.lock();
        try {
            leave(worker);
        } finally {
            lock.unlock();
        }
    }

    /** A lane that may have several workers was taken, and one event of it: others may come, too. */
    void share(Lane lane) {
        if (mayHaveMore(lane)) {
            ready(lane);
        }
    }

    private boolean mayHaveMore(Lane lane) {
        lock.lock();
        try {
            return lane.served < most(lane);
        } finally {
            lock.unlock();
        }
    }

    /** Workers that one lane may have: so many are left that slow calls of a single one hold up nobody else. */
    private int most(Lane lane) {
        DispatcherSettings now = settings;
        return Math.min(lane.limit, Math.max(now.workers(), now.mostWorkers() - now.workers()));
    }

    /** A worker lets go of a lane. */
    void done(Lane lane) {
        release(lane);
        try {
            ready(lane);
        } finally {
            rest();
        }
    }

    /** A worker lets go of a lane that cannot be served at the moment. */
    void letGo(Lane lane) {
        release(lane);
        rest();
    }

    private void release(Lane lane) {
        lock.lock();
        try {
            lane.served--;
        } finally {
            lock.unlock();
        }
    }

    private void rest() {
        lock.lock();
        try {
            serving--;
            quiet.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Whether a worker shall let go of its lane, because another has waited too long or is more urgent. */
    boolean shouldYield(Lane lane, long now) {
        int top = topPriority;
        if (top == ReadyLanes.NOBODY) {
            return !open;
        }
        if (now - oldestNanos > settings.fairNanos()) {
            return true;
        }
        int own = lane.readyPriority();
        return own < 0 || top < own;
    }

    /** Calls that may run at once of a lane. */
    void limit(Lane lane, int limit) {
        lock.lock();
        try {
            lane.limit = limit;
        } finally {
            lock.unlock();
        }
        ready(lane);
    }

    /** Lists a lane no more, until it is ready again. */
    void remove(Lane lane) {
        lock.lock();
        try {
            if (lane.entry.isListed()) {
                ready.remove(lane.entry);
                publishHints();
                quiet.signalAll();
            }
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
                    worker.retire();
                    leaving.add(worker);
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
     * Waits until no lane waits for a worker and no worker serves one, apart from so many that are not counted.
     *
     * @return whether it came to that in time
     */
    boolean awaitQuiet(int uncounted, Duration deadline) throws InterruptedException {
        long left = deadline.toNanos();
        lock.lockInterruptibly();
        try {
            while (ready.size() > 0 || serving > uncounted) {
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

    /** Waits until all workers have ended. */
    boolean awaitEnd(int uncounted, Duration deadline) throws InterruptedException {
        long end = System.nanoTime() + deadline.toNanos();
        for (Worker worker : all().toList()) {
            if (uncounted == 0 || !worker.isCurrent()) {
                long millis = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                worker.join(Math.max(1, millis));
            }
        }
        return workers.isEmpty() && leaving.isEmpty();
    }

    /**
     * The watchdog's look, supervisor only: interrupts calls over their limit, and starts workers where lanes wait because
     * others are held up.
     *
     * @return whether there is something to look at again soon
     */
    boolean watch() {
        int held = 0;
        boolean busy = false;
        long now = nanos.getAsLong();
        for (Worker worker : all().toList()) {
            Call call = worker.current();
            if (call != null && !call.isDone()) {
                busy = true;
                held += call.look() >= HELD_UP_LOOKS && !worker.isRetired() ? 1 : 0;
                if (call.isOver(now)) {
                    worker.overrun(call);
                }
            }
        }
        for (int spares = spares(held); spares > 0; spares--) {
            addWorker();
        }
        return busy || topPriority != ReadyLanes.NOBODY;
    }

    /** How many workers to add so that as many as configured are not held up. */
    private int spares(int held) {
        lock.lock();
        try {
            if (!open || ready.size() == 0 || !idle.isEmpty() || spinning) {
                return 0;
            }
            int free = workers.size() + asked - held;
            int wanted = Math.min(settings.workers() - free, ready.size());
            return Math.min(wanted, settings.mostWorkers() - workers.size() - asked);
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

    /** The calls that run. */
    List<Call> calls() {
        return all().map(Worker::current)
                .filter(call -> call != null && !call.isDone())
                .toList();
    }

    /** Whether the current thread is one of its workers. */
    boolean isWorker() {
        return all().anyMatch(Worker::isCurrent);
    }

    PoolView view() {
        lock.lock();
        try {
            int all = workers.size();
            int base = settings.workers();
            return new PoolView(
                    name, base, Math.max(0, all - base), calls().size(), ready.size(), settings.mostWorkers());
        } finally {
            lock.unlock();
        }
    }
}
