package symphony.dispatcher;

import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.audit.Outcome;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.EventCodec;
import symphony.api.crypto.EventSealer;
import symphony.api.dispatcher.DispatcherStats;
import symphony.api.dispatcher.HandlerView;
import symphony.api.dispatcher.PublisherView;
import symphony.api.dispatcher.StopReport;
import symphony.api.dispatcher.SubscriptionView;
import symphony.api.event.Event;
import symphony.api.event.Receipt;
import symphony.api.event.TopicFilter;
import symphony.api.queue.EventQueue;
import symphony.api.queue.QueueProvider;
import symphony.api.rbac.Decision;
import symphony.api.scheduler.Timer;
import symphony.component.Excerpt;
import symphony.component.Guard;
import symphony.component.HandlerProperties;
import symphony.component.Settings;

/**
 * The dispatcher as a plain object, without OSGi services: handlers come in as {@link HandlerSource}, callers are told apart
 * by name. Works from its construction, but calls no handler before {@link #start()}. Thread-safe.
 */
public final class DispatcherEngine implements AutoCloseable {
    /*
     * How the parts hang together:
     *
     *   Publisher ── Router ──▶ Lanes (Registry: who arrives, changes, leaves) ──▶ their queues (QueueProvider)
     *                                │ whenReady
     *   Supervisor ── watches ──▶ Pools ── most urgent ready lane ──▶ Worker ──▶ Deliverer ──▶ handler
     *
     * The engine itself only makes them, starts them, and stops them in the right order: first no event comes in, then what
     * is due is handled, then no call starts, then calls that run are waited for, interrupted, abandoned; only then the
     * queues are let go and the threads end.
     */
    /** PID of the configuration. */
    public static final String PID = "symphony.dispatcher";

    /** Keys of the configuration. */
    public static final Settings SETTINGS = DispatcherSettings.keys(PID);

    private static final Logger log = LoggerFactory.getLogger(DispatcherEngine.class);
    private static final Duration END_OF_THREADS = Duration.ofSeconds(1);
    private static final int MAX_REASON_CHARS = 200;
    private static final String DISPATCHER = "dispatcher";

    private final Guard guard;
    private final Counters counters;
    private final Supervisor supervisor;
    private final Pools pools;
    private final PoolDefinitions poolDefinitions;
    private final PublisherLimits publisherLimits;
    private final HandlerCheck check;
    private final Registry registry;
    private final Publisher publisher;
    private final Monitors monitors;
    private final HealthEvents health;
    private final UnhandledEvents unhandled;
    private final ReentrantLock stopping = new ReentrantLock();
    private volatile DispatcherSettings settings;
    private volatile boolean running;
    private volatile Runnable whenDraining = () -> {};
    private volatile StopReport report; // written under stopping
    private volatile boolean closed; // written under stopping

    /**
     * Makes a dispatcher and takes over the queues that the provider keeps.
     *
     * @param sealer seals and opens events
     * @param codec makes data plain for filters and order keys
     * @param timer deadlines, and the clock of limits and rates
     * @param memory queues of handlers that are not durable
     * @param guard permissions and audit
     * @param clock wall clock, for ids and the time of publishing
     * @param threads makes threads that are not started; called on the supervisor only, and for it
     * @param values configuration, read by {@link #SETTINGS}
     */
    public DispatcherEngine(
            EventSealer sealer,
            EventCodec codec,
            Timer timer,
            QueueProvider memory,
            Guard guard,
            InstantSource clock,
            ThreadFactory threads,
            Settings.Values values) {
        this(
                sealer,
                codec,
                timer,
                memory,
                guard,
                clock,
                threads,
                values,
                () -> ThreadLocalRandom.current().nextDouble());
    }

    /** As the other, with the chance, from 0 to 1, that varies waits between attempts. */
    DispatcherEngine(
            EventSealer sealer,
            EventCodec codec,
            Timer timer,
            QueueProvider memory,
            Guard guard,
            InstantSource clock,
            ThreadFactory threads,
            Settings.Values values,
            DoubleSupplier chance) {
        this.guard = guard;
        this.settings = DispatcherSettings.of(values);
        this.counters = new Counters(timer::nanoTime);
        this.supervisor = new Supervisor(threads, () -> settings.watchInterval());
        this.monitors = new Monitors(guard, clock);
        var ends = new AuditedEnds(monitors, guard, timer::nanoTime);
        var keeper = new LateKeeper();
        var unsettled = new Unsettled();
        var deliverer =
                new Deliverer(sealer, timer, guard, counters, supervisor, unsettled, chance, keeper, monitors, ends);
        this.pools = new Pools(
                settings,
                timer::nanoTime,
                supervisor,
                (pool, name) -> new Worker(pool, deliverer, threadsOf(pool, threads), name));
        this.check = new HandlerCheck(guard);
        var router = new Router<Lane>();
        this.health = new HealthEvents(supervisor);
        var kinds = new QueueKinds(memory.kind(), ends);
        this.registry = new Registry(
                router, pools, timer, supervisor, threads, counters, check, kinds, settings, clock, health);
        keeper.registry = registry;
        this.poolDefinitions = new PoolDefinitions(registry::pools);
        this.publisherLimits = new PublisherLimits(timer::nanoTime, registry::limitShares);
        this.unhandled = new UnhandledEvents(registry, sealer, guard, clock, timer::nanoTime);
        var background = new Background(threads, supervisor);
        this.publisher = new Publisher(
                router,
                registry,
                pools::isWorker,
                sealer,
                codec,
                guard,
                clock,
                counters,
                background,
                monitors,
                unhandled,
                publisherLimits);
        health.publishBy(publisher::announce);
        supervisor.start(() -> {
            boolean busy = pools.watch();
            return unsettled.look(timer.nanoTime()) || busy;
        });
        registry.bind(memory);
    }

    private static ThreadFactory threadsOf(Pool pool, ThreadFactory platform) {
        return pool.isVirtual() ? VirtualThreads.factory().orElse(platform) : platform;
    }

    /** Ties the knot between deliverer and registry. */
    private static final class LateKeeper implements Deliverer.LaneKeeper {
        private Registry registry; // set before any worker exists

        @Override
        public void unusable(Member member, String reason) {
            registry.unusable(member, reason);
        }

        @Override
        public Quarantines quarantines() {
            return registry.quarantines();
        }

        @Override
        public void lastCallEnded(Lane lane) {
            registry.lastCallEnded(lane);
        }
    }

    // ---- handlers ----

    /**
     * A handler came. One that cannot be used is listed with the reason. Does not fetch it.
     *
     * @param source the handler; one with a known id is ignored
     */
    public void arrive(HandlerSource source) {
        registry.arrive(source);
    }

    /**
     * A handler's properties changed; what waits for it stays.
     *
     * @param serviceId its id
     */
    public void modify(long serviceId) {
        registry.modify(serviceId);
    }

    /**
     * A handler left. When this returns no call of it starts any more; calls that ran have ended, or were interrupted at
     * the departure deadline and, if they ran on, abandoned. Does not wait for the call that it is called from.
     *
     * @param serviceId its id; one that is not known is ignored
     */
    public void depart(long serviceId) {
        registry.depart(serviceId);
    }

    /**
     * A bundle stops: its handlers leave together, with one deadline for all, and no thread that called them stays.
     *
     * @param owner the bundle's id
     */
    public void departing(long owner) {
        registry.departing(owner);
    }

    /**
     * A bundle was uninstalled: what waits for its handlers becomes dead letters.
     *
     * @param owner the bundle's id
     */
    public void gone(long owner) {
        registry.gone(owner);
    }

    /** Looks again at handlers that were refused, since what they lacked may have come. */
    public void reconsider() {
        registry.reconsider();
    }

    /**
     * Checks a handler that a program registers.
     *
     * @param owner its bundle
     * @param properties its properties
     * @return its topics
     * @throws IllegalArgumentException if a property is wrong; says which
     * @throws symphony.api.rbac.AccessDeniedException if the bundle may not subscribe
     */
    public List<TopicFilter> validate(Owner owner, Map<String, ?> properties) {
        return validate(owner, () -> false, properties);
    }

    /** As the other, of a bundle that may take the place of another one. */
    List<TopicFilter> validate(Owner owner, BooleanSupplier takesOver, Map<String, ?> properties) {
        HandlerProperties read = check.read(properties);
        check.permit(owner.name(), takesOver, read);
        registry.checkKind(read);
        return read.topics();
    }

    /**
     * A name for a subscription that no other handler of its bundle has.
     *
     * @param owner the bundle
     * @param name the wish
     * @return the wish, or the wish with a number
     */
    public String freeName(Owner owner, String name) {
        return registry.freeName(owner, name);
    }

    /**
     * The subscription of a handler.
     *
     * @param serviceId the handler's id
     * @return its identity; empty if it has none
     */
    public String identityOf(long serviceId) {
        Member member = registry.member(serviceId);
        Lane lane = member == null ? null : member.lane();
        return lane == null ? "" : lane.identity;
    }

    // ---- queues ----

    /**
     * A further kind of queue came.
     *
     * @param provider of another kind than those that are there
     */
    public void bind(QueueProvider provider) {
        registry.bind(provider);
    }

    /**
     * A kind of queue left.
     *
     * @param provider as given to {@link #bind}
     */
    public void unbind(QueueProvider provider) {
        registry.unbind(provider);
    }

    // ---- publishing ----

    /**
     * Publishes, see {@link symphony.api.dispatcher.EventDispatcher#dispatch(Event, String, Duration)}.
     *
     * @param caller who calls
     * @param event what
     * @param onBehalfOf who publishes
     * @param maxWait longest wait for full queues
     * @return what became of it
     */
    public Receipt dispatch(String caller, Event event, String onBehalfOf, Duration maxWait) {
        checkCaller(caller, onBehalfOf);
        return publisher.dispatch(event, onBehalfOf, maxWait);
    }

    /**
     * Publishes without waiting, see {@link symphony.api.dispatcher.EventDispatcher#dispatchAsync(Event, String)}.
     *
     * @param caller who calls
     * @param event what
     * @param onBehalfOf who publishes
     * @return completed when all have answered
     */
    public CompletionStage<Receipt> dispatchAsync(String caller, Event event, String onBehalfOf) {
        checkCaller(caller, onBehalfOf);
        return publisher.dispatchAsync(event, onBehalfOf);
    }

    /**
     * Offers an event again, see {@link symphony.api.dispatcher.EventDispatcher#retry(Receipt, String)}.
     *
     * @param caller who calls
     * @param receipt of the first try
     * @param onBehalfOf who published
     * @return what became of it now
     */
    public Receipt retry(String caller, Receipt receipt, String onBehalfOf) {
        checkCaller(caller, onBehalfOf);
        return publisher.retry(receipt, onBehalfOf);
    }

    private void checkCaller(String caller, String onBehalfOf) {
        if (!caller.equals(onBehalfOf)) {
            guard.checkForItself(caller, "event", "publish-as", onBehalfOf);
        }
    }

    // ---- life ----

    /**
     * Sets who is told, before anything is refused, that a stop begins; perhaps more than once.
     *
     * @param told called on the thread that stops
     */
    public void whenDraining(Runnable told) {
        whenDraining = told;
    }

    /** Calls handlers, from now on; once it was stopped it cannot be started again. */
    public void start() {
        stopping.lock();
        try {
            if (report == null && !running) {
                running = true;
                registry.open();
            }
        } finally {
            stopping.unlock();
        }
    }

    /**
     * Applies a changed configuration; nothing restarts.
     *
     * @param values read by {@link #SETTINGS}
     */
    public void apply(Settings.Values values) {
        DispatcherSettings changed = DispatcherSettings.of(values);
        settings = changed;
        registry.apply(changed);
    }

    /**
     * The named pools.
     *
     * @return applied live
     */
    public PoolDefinitions poolDefinitions() {
        return poolDefinitions;
    }

    /** How many events that were sealed with a key wait to get into queues. */
    long onTheWay(CryptoContext context, int keyId) {
        return publisher.onTheWay(context, keyId);
    }

    /**
     * How much bundles may publish.
     *
     * @return applied live
     */
    public PublisherLimits publisherLimits() {
        return publisherLimits;
    }

    /** Access control came or left. */
    public void accessChanged() {
        if (!closed) { // DS unbinds what it has bound once a component is over
            registry.decidable(guard::canDecide);
        }
    }

    /** What no subscription wanted, and the hooks for it. */
    UnhandledEvents unhandled() {
        return unhandled;
    }

    /** Announces how that stands what the core needs. */
    HealthEvents health() {
        return health;
    }

    /** The streams of those who look. */
    Monitors monitors() {
        return monitors;
    }

    /** What is in force. */
    DispatcherSettings settings() {
        return settings;
    }

    /**
     * How long handlers may go on when the container stops, as configured.
     *
     * @return a time, not negative
     */
    public Duration stopDeadline() {
        return settings.stopDeadline();
    }

    /**
     * Stops, see {@link symphony.api.dispatcher.EventDispatcher#stop(Duration)}.
     *
     * @param deadline longest time for what is due
     * @return what was left
     */
    public StopReport stop(Duration deadline) {
        if (deadline.isNegative()) {
            throw new IllegalArgumentException("deadline is " + deadline + ", must not be negative");
        }
        whenDraining.run(); // without a lock, others may be called
        return drained(deadline, deadline);
    }

    private StopReport drained(Duration forDue, Duration forCalls) {
        stopping.lock();
        try {
            if (report == null) {
                report = drain(forDue, forCalls);
            }
            return report;
        } finally {
            stopping.unlock();
        }
    }

    /** Handles what is due for a time, then waits for the calls that run, in all no longer than the longer of both. */
    private StopReport drain(Duration forDue, Duration forCalls) {
        long begin = System.nanoTime();
        long before = counters.delivered.total();
        publisher.stop();
        registry.freeze();
        try {
            if (!forDue.isZero() && publisher.awaitDone(forDue) && running) {
                pools.awaitQuiet(left(forDue, begin));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // whoever wants it quicker gets it quicker
        }
        running = false;
        registry.shut();
        int abandoned = new Departure(pools.calls()).await(left(forCalls, begin), counters, supervisor);
        publisher.close();
        return new StopReport(counters.delivered.total() - before, left(), abandoned);
    }

    private static Duration left(Duration most, long begin) {
        Duration left = most.minusNanos(System.nanoTime() - begin);
        return left.isNegative() ? Duration.ZERO : left;
    }

    private Map<String, Long> left() {
        var left = new HashMap<String, Long>();
        for (Lane lane : registry.lanes()) {
            long depth = depth(lane);
            if (depth > 0) {
                left.put(lane.identity, depth);
            }
        }
        return left;
    }

    private static long depth(Lane lane) {
        EventQueue queue = lane.queue();
        try {
            return queue == null ? 0 : queue.stats().depth();
        } catch (RuntimeException | LinkageError e) { // the provider's: the other queues are counted
            log.warn("{}: its queue does not tell how many events are left: {}", lane, FailureText.reasonOf(e));
            return 0;
        }
    }

    /**
     * Ends it, without draining: calls that run have the departure deadline, what waits stays with the providers, the threads
     * end. A second time it does nothing.
     */
    @Override
    public void close() {
        if (!mayClose()) {
            return;
        }
        try {
            StopReport last = drained(Duration.ZERO, settings.departureDeadline());
            log.debug("closing; {} events are left with the queue providers", last.leftInAll());
        } finally { // nobody closes it a second time
            end();
        }
    }

    private boolean mayClose() {
        stopping.lock();
        try {
            boolean may = !closed;
            closed = true;
            return may;
        } finally {
            stopping.unlock();
        }
    }

    private void end() {
        registry.close();
        pools.close();
        monitors.close();
        supervisor.end();
        try {
            pools.awaitEnd(END_OF_THREADS);
            supervisor.join(END_OF_THREADS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // ---- views ----

    /**
     * The handlers.
     *
     * @return by bundle and id
     */
    public List<HandlerView> handlers() {
        return registry.handlers();
    }

    /**
     * The subscriptions.
     *
     * @return by identity
     */
    public List<SubscriptionView> subscriptions() {
        return registry.subscriptions();
    }

    /**
     * The handlers that a caller may see: its own, and with the permission {@code dispatcher:list:dispatcher} all.
     *
     * @param caller who calls
     * @return by bundle and id
     */
    public List<HandlerView> handlers(String caller) {
        return visible(caller, handlers(), HandlerView::bundle);
    }

    /**
     * The subscriptions that a caller may see, as for {@link #handlers(String)}.
     *
     * @param caller who calls
     * @return by identity
     */
    public List<SubscriptionView> subscriptions(String caller) {
        return visible(caller, subscriptions(), view -> Identities.bundleOf(view.identity()));
    }

    /**
     * The publishers with limits that a caller may see: itself, as for {@link #handlers(String)}.
     *
     * @param caller who calls
     * @return by publisher
     */
    public List<PublisherView> publishers(String caller) {
        return visible(caller, publisherLimits.views(), PublisherView::publisher);
    }

    /** Nothing is audited: whoever sees its own only is not refused. */
    private <V> List<V> visible(String caller, List<V> all, Function<V, String> whose) {
        return guard.wouldAllow(caller, DISPATCHER, "list", DISPATCHER)
                ? all
                : all.stream().filter(view -> whose.apply(view).equals(caller)).toList();
    }

    /**
     * Pauses or resumes a subscription.
     *
     * @param caller who calls; needs the permission {@code dispatcher:pause:<identity>}, or {@code resume}
     * @param identity the subscription's
     * @param on whether to pause
     * @return whether there is such a subscription
     */
    public boolean pause(String caller, String identity, boolean on) {
        String action = on ? "pause" : "resume";
        Decision decision = guard.check(caller, DISPATCHER, action, identity);
        boolean found = registry.lane(identity) != null;
        if (found) {
            guard.record(caller, "dispatcher:" + action, identity, Outcome.DONE, Map.of(), decision);
            found = registry.pause(identity, on);
        }
        return found;
    }

    /**
     * Pauses or resumes a pool.
     *
     * @param caller who calls; needs the permission {@code dispatcher:pause:pool/<name>}, or {@code resume}
     * @param name the pool's
     * @param on whether to pause
     * @return whether there is such a pool
     */
    public boolean pausePool(String caller, String name, boolean on) {
        String action = on ? "pause" : "resume";
        String target = "pool/" + name;
        Decision decision = guard.check(caller, DISPATCHER, action, target);
        boolean found = registry.hasPool(name);
        if (found) {
            guard.record(caller, "dispatcher:" + action, target, Outcome.DONE, Map.of(), decision);
            found = registry.pausePool(name, on);
        }
        return found;
    }

    /**
     * Pauses or resumes all pools.
     *
     * @param on whether to pause
     */
    public void pauseAll(boolean on) {
        registry.pauseAll(on);
    }

    /**
     * Brings a subscription into quarantine.
     *
     * @param caller who calls; needs the permission {@code dispatcher:quarantine:<identity>}
     * @param identity the subscription's
     * @param reason why, for people
     * @return whether there is such a subscription
     */
    public boolean quarantine(String caller, String identity, String reason) {
        Decision decision = guard.check(caller, DISPATCHER, "quarantine", identity);
        Lane lane = registry.lane(identity);
        if (lane != null) {
            guard.record(caller, "dispatcher:quarantine", identity, Outcome.DONE, Map.of(), decision);
            registry.quarantines().open(lane, caller + " wants it so: " + Excerpt.of(reason, MAX_REASON_CHARS));
        }
        return lane != null;
    }

    /**
     * Lifts the quarantine of a subscription.
     *
     * @param caller who calls; needs the permission {@code dispatcher:lift:<identity>}
     * @param identity the subscription's
     * @return whether it was in quarantine
     */
    public boolean lift(String caller, String identity) {
        Decision decision = guard.check(caller, DISPATCHER, "lift", identity);
        Lane lane = registry.lane(identity);
        if (lane == null || lane.breaker.opening() == null) {
            return false;
        }
        guard.record(caller, "dispatcher:lift", identity, Outcome.DONE, Map.of(), decision);
        return registry.quarantines().lift(lane, caller + " wants it so");
    }

    /**
     * Checks and records an administrative operation on the whole.
     *
     * @param caller who calls; needs the permission {@code dispatcher:<action>:dispatcher}
     * @param action as {@code stop}
     */
    public void administer(String caller, String action) {
        Decision decision = guard.check(caller, DISPATCHER, action, DISPATCHER);
        guard.record(caller, "dispatcher:" + action, DISPATCHER, Outcome.DONE, Map.of(), decision);
    }

    /**
     * All counters.
     *
     * @return of about one moment
     */
    public DispatcherStats stats() {
        return new DispatcherStats(
                running,
                pools.arePaused(),
                counters.published.total(),
                counters.unhandled.sum(),
                counters.delivered.total(),
                counters.failed.sum(),
                counters.overruns.sum(),
                counters.abandoned.sum(),
                counters.refusals(),
                counters.published.perSecond(),
                counters.delivered.perSecond(),
                registry.laneCount(),
                registry.quarantined(),
                pools.views());
    }
}
