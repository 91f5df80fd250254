package symphony.dispatcher;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.event.HandlerConstants;
import symphony.api.queue.DeadReason;
import symphony.api.queue.EventQueue;
import symphony.api.queue.QueueProvider;
import symphony.api.queue.QueueSpec;

/**
 * The lanes by identity, and what hangs on each: its queue, its place in the routing and in the pool. Changed under the
 * registry's lock, read at any time.
 */
final class Lanes {
    /*
     * A lane is in the routing from opening until it is retired, with a queue or without: one whose provider is away must
     * refuse what it would have taken. What is told to lane, queue, routing and pool here is told in an order that matters:
     * a queue is paused before anybody can find it, and hands out only once its lane has somebody to call.
     */
    private static final Logger log = LoggerFactory.getLogger(Lanes.class);

    private final Map<String, Lane> lanes = new ConcurrentHashMap<>();
    private final Router<Lane> router;
    private final Pools pools;
    private final LongSupplier nanos;
    private final QueueKinds kinds;
    private final Adjuster adjuster;
    private final Identities identities = new Identities();
    private volatile DispatcherSettings settings;
    private volatile boolean frozen;

    Lanes(
            Router<Lane> router,
            Pools pools,
            LongSupplier nanos,
            QueueKinds kinds,
            Adjuster adjuster,
            DispatcherSettings settings) {
        this.router = router;
        this.pools = pools;
        this.nanos = nanos;
        this.kinds = kinds;
        this.adjuster = adjuster;
        this.settings = settings;
    }

    /** Null if there is none. */
    Lane get(String identity) {
        return lanes.get(identity);
    }

    /** Pools may have grown: each lane asks whether it may have one worker more. */
    void offer() {
        all().forEach(Lane::offer);
    }

    /** As they are at any time. */
    Collection<Lane> all() {
        return lanes.values();
    }

    /** Those there are now, by identity. */
    List<Lane> sorted() {
        return lanes.values().stream()
                .sorted(Comparator.comparing(lane -> lane.identity))
                .toList();
    }

    int count() {
        return lanes.size();
    }

    /** A name that no handler of a bundle has, see {@link Identities#unique}; or that of a lane that is the handler's own. */
    String unique(Owner owner, String name, Predicate<Lane> own) {
        return identities.unique(owner.name(), name, identity -> use(lanes.get(identity), owner, own));
    }

    private static Identities.Use use(Lane lane, Owner owner, Predicate<Lane> own) {
        if (lane == null) {
            return Identities.Use.FREE;
        }
        if (lane.members.stream().anyMatch(m -> m.source.owner().equals(owner))) {
            return Identities.Use.TAKEN;
        }
        return own.test(lane) ? Identities.Use.LEFT_BEHIND : Identities.Use.FREE;
    }

    /** Configuration for what handlers leave open. */
    DispatcherSettings settings() {
        return settings;
    }

    /** Changed configuration for what handlers leave open. */
    void apply(DispatcherSettings changed) {
        settings = changed;
        if (!frozen) {
            lanes.values().stream()
                    .filter(lane -> !lane.active().isEmpty())
                    .forEach(lane -> configure(lane, lane.active().get(0)));
        }
    }

    /**
     * Opens a lane that nobody serves; without a queue if its kind is not there.
     *
     * @throws IllegalStateException if there are as many as are allowed, or its queue cannot be opened
     */
    Lane open(String kind, LaneConfig config) {
        Lane lane = prepare(kind, config, 0);
        add(lane);
        return lane;
    }

    /**
     * As {@link #open}, but that nobody finds the lane before it is added.
     *
     * @param going how many there will be less by then
     * @throws IllegalStateException if there are as many as are allowed, or its queue cannot be opened
     */
    Lane prepare(String kind, LaneConfig config, int going) {
        if (lanes.size() - going >= settings.mostSubscriptions()) {
            throw new IllegalStateException("there are " + lanes.size()
                    + " subscriptions, no more are allowed; raise subscriptions.max in PID symphony.dispatcher");
        }
        var lane = new Lane(kind, config, pools.standard(), nanos);
        kinds.provider(kind).ifPresent(provider -> attach(lane, provider));
        return lane;
    }

    /** A lane that was prepared. */
    void add(Lane lane) {
        lanes.put(lane.identity, lane);
        identities.remember(lane.identity);
        router.add(lane, lane.config().topics());
    }

    /**
     * A lane that was prepared takes the place of one with another kind of queue that nobody serves: whoever publishes finds one
     * of them, at each moment.
     */
    void replace(Lane old, Lane prepared) {
        old.nextParking();
        old.retired(true);
        old.unlist();
        lanes.put(prepared.identity, prepared);
        router.replace(old, old.config().topics(), prepared, prepared.config().topics());
    }

    private void attach(Lane lane, QueueProvider provider) {
        EventQueue queue = provider.open(lane.config().spec());
        queue.pause();
        lane.attach(queue, provider);
        queue.whenReady(lane::offer);
    }

    /** A kind of queue is there: lanes that waited for it get their queues. */
    void attach(QueueProvider provider) {
        for (Lane lane : lanes.values()) {
            if (lane.kind.equals(provider.kind()) && lane.queue() == null) {
                reattach(lane, provider);
            }
        }
    }

    private void reattach(Lane lane, QueueProvider provider) {
        try {
            attach(lane, provider);
            adjust(lane);
        } catch (RuntimeException | LinkageError e) { // the provider's: the other lanes get theirs
            log.warn("{}: its queue cannot be opened: {}", lane, FailureText.reasonOf(e));
        }
    }

    /** A kind of queue is gone: its lanes wait for it. */
    void detach(String kind) {
        lanes.values().stream().filter(lane -> lane.kind.equals(kind)).forEach(this::detach);
    }

    private void detach(Lane lane) {
        EventQueue queue = lane.queue();
        lane.detach();
        lane.unlist();
        if (queue != null) {
            close(lane, queue);
        }
    }

    private static void close(Lane lane, EventQueue queue) {
        try {
            queue.close();
        } catch (RuntimeException | LinkageError e) { // the provider's: the other queues are closed all the same
            log.warn("{}: its queue could not be closed: {}", lane, FailureText.reasonOf(e));
        }
    }

    /** Somebody is about to serve a lane, perhaps one that was about to go. */
    void resume(Lane lane) {
        if (lane.isRetired()) {
            lane.retired(false);
            router.add(lane, lane.config().topics());
        }
        lane.nextParking(); // whatever deadline there was is void
    }

    /** Sets a lane up as one of its handlers wants it. */
    void configure(Lane lane, Member leader) {
        LaneConfig old = lane.config();
        LaneConfig changed = LaneConfig.of(lane.identity, leader.properties(), leader.source.programmatic(), settings)
                .sharing(old.spec());
        lane.config(changed);
        lane.lossy = lane.lossy && lane.members.stream().allMatch(member -> member.source.isLossy());
        place(lane);
        EventQueue queue = lane.queue();
        if (queue != null && !changed.spec().equals(old.spec())) {
            update(queue, changed.spec());
        }
        if (!changed.topics().equals(old.topics())) {
            router.change(lane, old.topics(), changed.topics());
        }
    }

    /** Pools came or went: each lane goes where its handler wants it. */
    void place() {
        lanes.values().forEach(this::place);
    }

    private void place(Lane lane) {
        String wanted = lane.config().pool();
        Optional<Pool> pool = pools.find(wanted);
        lane.moveTo(pool.orElseGet(pools::standard));
        if (pool.isEmpty() && !wanted.equals(lane.missedPool)) {
            log.warn(
                    "{}: there is no pool {}, the pool {} serves it meanwhile; configure {} in PID {}~{}, or correct {}",
                    lane,
                    wanted,
                    lane.pool().name,
                    wanted,
                    PoolDefinitions.PID,
                    wanted,
                    HandlerConstants.POOL);
        }
        lane.missedPool = pool.isEmpty() ? wanted : "";
    }

    private static void update(EventQueue queue, QueueSpec spec) {
        try {
            queue.update(spec);
        } catch (RuntimeException | LinkageError e) {
            // Its provider is about to leave: whoever comes next gets the specification as it opens the queue.
            log.warn("{}: its queue could not be changed: {}", spec.identity(), FailureText.reasonOf(e));
        }
    }

    /** From now on these are called. */
    void serve(Lane lane, List<Member> active) {
        lane.setActive(active);
        adjust(lane);
    }

    /** From now on nobody is called, and the queue hands out nothing. */
    void idle(Lane lane) {
        lane.setActive(List.of());
        adjust(lane);
    }

    /** Lets a lane's queue hand out, or not, as things stand; if that fails it is told again each second. */
    void adjust(Lane lane) {
        adjuster.adjust(lane);
    }

    /** Takes a lane out of the routing for good, unless somebody comes to serve it. */
    void retire(Lane lane) {
        lane.nextParking();
        lane.retired(true);
        router.remove(lane, lane.config().topics());
    }

    /** A lane that was prepared is not added: its queue goes, unless something waits in it from an earlier time. */
    void discard(Lane prepared) {
        Lane.Attached attached = prepared.attached();
        if (attached == null) {
            return;
        }
        try {
            boolean empty = attached.queue().stats().depth() == 0;
            attached.queue().close();
            if (empty) {
                attached.provider().forget(prepared.identity);
            }
        } catch (RuntimeException | LinkageError e) { // the provider's
            log.warn("{}: its queue could not be forgotten: {}", prepared, FailureText.reasonOf(e));
        }
    }

    /** What waits in a retired lane becomes dead letters; copies stay until their queue is forgotten. How many dead letters. */
    int deadLetterAll(Lane lane, String why) {
        EventQueue queue = lane.queue();
        return queue == null || lane.lossy ? 0 : queue.deadLetterAll(DeadReason.HANDLER_GONE, why);
    }

    /** Closes and forgets the queue of a retired lane, and the lane. */
    void remove(Lane lane) {
        lane.unlist();
        Lane.Attached attached = lane.attached();
        if (attached != null) {
            forget(lane, attached, "its handler left");
        }
        lanes.remove(lane.identity);
    }

    /** Closes and forgets a queue that is a lane's no more. Copies that wait in it are dropped. */
    void forget(Lane lane, Lane.Attached attached, String why) {
        try {
            QueueSpec spec = attached.queue().spec();
            attached.queue().close();
            int dead = lane.lossy ? 0 : deadLetterRest(attached.provider(), spec, why);
            int dropped = attached.provider().forget(lane.identity);
            tellDead(lane, dead, why);
            if (dropped > 0) {
                log.info("{}: {} unhandled events were dropped, since the hook for them left", lane, dropped);
            }
        } catch (RuntimeException | LinkageError e) { // the provider's
            log.warn("{}: its queue could not be forgotten: {}", lane, FailureText.reasonOf(e));
        }
    }

    /** A push that was on its way may have come after all was made dead letters. */
    private static int deadLetterRest(QueueProvider provider, QueueSpec spec, String why) {
        EventQueue rest = provider.open(spec);
        int dead = rest.deadLetterAll(DeadReason.HANDLER_GONE, why);
        rest.close();
        return dead;
    }

    /** Says how many events that waited became dead letters, if any did. */
    static void tellDead(Lane lane, int dead, String why) {
        if (dead > 0) {
            log.warn("{}: {} events became dead letters, {}; list them with symphony:dead list", lane, dead, why);
        }
    }

    /** From now on lanes stay as they are, and nothing is given up. */
    void freeze() {
        frozen = true;
    }

    boolean isFrozen() {
        return frozen;
    }

    /** Closes all queues; what waits stays with the providers. */
    void close() {
        for (Lane lane : lanes.values()) {
            lane.setActive(List.of());
            router.remove(lane, lane.config().topics());
            lane.unlist();
            EventQueue queue = lane.queue();
            if (queue != null) {
                close(lane, queue);
            }
        }
        lanes.clear();
    }
}
