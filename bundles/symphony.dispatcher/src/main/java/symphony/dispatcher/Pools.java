package symphony.dispatcher;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.dispatcher.PoolView;
import symphony.component.HandlerProperties;
import symphony.component.QuietLog;

/** The standard pool, and those that are configured by name. Thread-safe. */
final class Pools {
    /*
     * Named pools come and go with configuration, and lanes are moved between them while they run. A pool that is taken away
     * is closed once no lane is left in it; its workers end after their calls, and until then it is one of the ending: those
     * calls are watched, waited for, interrupted, like any other.
     */
    private static final Logger log = LoggerFactory.getLogger(Pools.class);

    private final LongSupplier nanos;
    private final Supervisor supervisor;
    private final Pool.WorkerMaker maker;
    private final Pool standard;
    private final QuietLog failures;
    private final List<Pool> ending = new CopyOnWriteArrayList<>();
    private volatile Map<String, Pool> named = Map.of(); // written under the registry's lock, as the following
    private volatile DispatcherSettings settings;
    private volatile boolean opened;
    private boolean paused;
    private volatile boolean blocked;

    Pools(DispatcherSettings settings, LongSupplier nanos, Supervisor supervisor, Pool.WorkerMaker maker) {
        this.settings = settings;
        this.nanos = nanos;
        this.supervisor = supervisor;
        this.maker = maker;
        this.failures = new QuietLog(nanos);
        this.standard = make(HandlerProperties.DEFAULT_POOL, PoolSettings.standard(settings));
    }

    private Pool make(String name, PoolSettings size) {
        return new Pool(name, size, settings, nanos, supervisor, maker);
    }

    /** The pool of handlers that name none. */
    Pool standard() {
        return standard;
    }

    /** Empty if there is none of this name. */
    Optional<Pool> find(String name) {
        return standard.name.equals(name) ? Optional.of(standard) : Optional.ofNullable(named.get(name));
    }

    /** Those that lanes may be in, the standard one first. */
    private List<Pool> present() {
        var all = new ArrayList<Pool>();
        all.add(standard);
        named.values().stream()
                .sorted((one, other) -> one.name.compareTo(other.name))
                .forEach(all::add);
        return all;
    }

    /** Those that have workers, perhaps. */
    private Stream<Pool> all() {
        return Stream.concat(present().stream(), ending.stream());
    }

    /**
     * There shall be these, beside the standard one: makes what is missing, changes what differs. Registry's lock.
     *
     * @return those that are no longer wanted; once no lane is in them they are to be ended
     */
    List<Pool> change(Map<String, PoolSettings> wanted) {
        var next = new HashMap<String, Pool>();
        var gone = new ArrayList<Pool>();
        wanted.forEach((name, size) -> next.put(name, keep(name, size).orElseGet(() -> opened(name, size))));
        named.forEach((name, pool) -> {
            if (next.get(name) != pool) {
                gone.add(pool);
            }
        });
        named = Map.copyOf(next);
        return gone;
    }

    /** Threads of the other sort need a pool of their own. */
    private Optional<Pool> keep(String name, PoolSettings size) {
        Optional<Pool> kept = Optional.ofNullable(named.get(name)).filter(pool -> pool.isVirtual() == size.virtual());
        kept.ifPresent(pool -> pool.apply(size, settings));
        return kept;
    }

    private Pool opened(String name, PoolSettings size) {
        if (size.virtual() && !VirtualThreads.areThere()) {
            log.warn("pool {}: this JVM has no virtual threads, Java 21 has; platform threads serve it", name);
        }
        Pool before = named.get(name);
        Pool pool = make(name, size);
        pool.pause(before == null ? paused : before.isPaused());
        if (opened && !blocked) {
            pool.open();
        }
        return pool;
    }

    /** Lanes are in them no more. Registry's lock. */
    void end(List<Pool> gone) {
        ending.addAll(gone);
        gone.forEach(Pool::close);
    }

    /** Registry's lock. */
    void apply(DispatcherSettings changed) {
        settings = changed;
        standard.apply(PoolSettings.standard(changed), changed);
        named.values().forEach(pool -> pool.apply(pool.size(), changed));
    }

    /** Hands out lanes from now on. Registry's lock. */
    void open() {
        opened = true;
        openOrShut();
    }

    /** They hand out no lane while something is missing that each call needs. Registry's lock. */
    void block(boolean on) {
        boolean changes = blocked != on;
        blocked = on;
        openOrShut();
        if (changes && on) {
            log.warn(
                    "security is required and access control is away: no handler is called until it is back, events wait");
        } else if (changes) {
            log.info("access control is back: handlers are called again");
        }
    }

    private void openOrShut() {
        present().forEach(opened && !blocked ? Pool::open : Pool::shut);
    }

    /** They hand out no lane while they are paused, and none that comes meanwhile does. Registry's lock. */
    void pause(boolean on) {
        paused = on;
        present().forEach(pool -> pool.pause(on));
    }

    /** Whether all are paused. */
    boolean arePaused() {
        return present().stream().allMatch(Pool::isPaused);
    }

    /** Hands out no lane any more; calls that run go on. Registry's lock. */
    void shut() {
        opened = false;
        openOrShut();
    }

    /** Ends all workers, each after its call. */
    void close() {
        all().forEach(Pool::close);
    }

    /** Ends each worker that ever called a handler of an owner, after its current call. */
    void retire(long owner) {
        all().forEach(pool -> pool.retire(owner));
    }

    /** The watchdog's look, supervisor only: whether there is something to look at again soon. */
    boolean watch() {
        boolean busy = false;
        for (Pool pool : all().toList()) {
            try {
                busy |= pool.watch();
            } catch (RuntimeException | Error e) { // no thread to be had, perhaps: the other pools have theirs
                busy = true;
                failures.write(more -> log.error(
                        "pool {}: the watchdog failed and will look again ({} more not told)", pool.name, more, e));
            }
        }
        ending.removeIf(Pool::isEmpty);
        return busy;
    }

    /** The calls that run, and those that have ended lately and may not be settled yet. */
    List<Call> calls() {
        return all().flatMap(pool -> pool.calls().stream()).toList();
    }

    /** Whether the current thread is a worker. */
    boolean isWorker() {
        return all().anyMatch(Pool::isWorker);
    }

    /**
     * Waits until all are quiet at one moment, see {@link Pool#awaitQuiet}: a call in one of them may give work to another
     * that was quiet.
     *
     * @return whether it came to that in time
     */
    boolean awaitQuiet(Duration deadline) throws InterruptedException {
        long end = System.nanoTime() + deadline.toNanos();
        List<Pool> pools = all().toList();
        do {
            for (Pool pool : pools) {
                if (!pool.awaitQuiet(Duration.ofNanos(Math.max(0, end - System.nanoTime())))) {
                    return false;
                }
            }
        } while (!areQuiet(pools, 0));
        return true;
    }

    /** With the locks of all of them held, taken in their order. */
    private static boolean areQuiet(List<Pool> pools, int from) {
        return from == pools.size() || pools.get(from).isQuietAnd(() -> areQuiet(pools, from + 1));
    }

    /** Waits until all workers have ended, apart from the current thread. */
    void awaitEnd(Duration deadline) throws InterruptedException {
        long end = System.nanoTime() + deadline.toNanos();
        for (Pool pool : all().toList()) {
            pool.awaitEnd(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
        }
    }

    List<PoolView> views() {
        return present().stream().map(Pool::view).toList();
    }
}
