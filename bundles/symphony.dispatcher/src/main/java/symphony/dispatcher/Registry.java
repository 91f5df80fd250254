package symphony.dispatcher;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.dispatcher.HandlerView;
import symphony.api.dispatcher.SubscriptionView;
import symphony.api.queue.QueueProvider;
import symphony.api.queue.QueueSpec;
import symphony.api.scheduler.Timer;
import symphony.component.HandlerProperties;

/** The handlers and their lanes: who arrives, changes, leaves, takes over. Thread-safe. */
final class Registry implements Deliverer.LaneKeeper {
    /*
     * A handler service is a Member, a subscription is a Lane. A lane is found by its identity and outlives its members: when
     * the last one leaves it is parked, that is, its queue hands out nothing, it stays in the routing and takes events; who
     * comes with the same identity resumes it, and its topics, filter and limits become those of the one who came. When
     * nobody came in time the lane is retired: out of the routing, what waits becomes dead letters, and, once the last call
     * has ended, its queue is closed and forgotten.
     *
     * Members are grouped into families by the symbolic name of their bundle. Of a family only the members of the newest
     * bundle are active; the others stay known and shown as superseded, and become active again if the newer bundle leaves.
     * Lanes belong to a family, too, since the identity begins with the symbolic name: that is how 1.1 inherits what waits
     * for 1.0.
     *
     * Everything structural happens under one lock, which is never held while somebody waits for a call or while foreign
     * code runs: properties are read, types loaded and permissions asked for before; calls are waited for after. Publishing
     * and delivering do not take it. The lock is the registry's and guards its parts, too: QueueKinds (who provides queues),
     * Lanes (what hangs on each lane), Parking (lanes that nobody serves), Families (who is served), Leavers (whose calls run
     * on).
     *
     * Who changes its subscription, or may not have it any more, is replaced by another Member. The old one's calls run on;
     * Leavers knows them until they have ended, since whoever waits for the service to leave waits for these, too.
     *
     * Queues are the provider's. One that is kept while no handler claims it, because the dispatcher is newer than the queue,
     * becomes a parked lane with the topics its specification names. When a provider leaves its lanes stay, without a queue,
     * and refuse as UNAVAILABLE until it is back.
     */
    private static final Logger log = LoggerFactory.getLogger(Registry.class);
    private static final int MOST_LOOKS = 3;

    private final Pools pools;
    private final Supervisor supervisor;
    private final Counters counters;
    private final HandlerCheck check;
    private final QueueKinds kinds;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Long, Member> members = new ConcurrentHashMap<>(); // changed under lock, read by views, as lanes
    private final Lanes lanes;
    private final Quarantines quarantines;
    private final Parking parking; // guarded by lock, as the following
    private final Families families;
    private final Leavers leavers = new Leavers();
    private final SecondLook secondLook;
    private final DepartureDeadlines deadlines = new DepartureDeadlines();
    private Map<String, Integer> shares = Map.of();

    /** Whether some member may be undecided, so that an arrival need not look at all others. */
    private volatile boolean mayBeUndecided;

    /** How often those who decide may have come to decide otherwise: who was asked for before is asked for again. */
    private final AtomicLong decisions = new AtomicLong();

    Registry(
            Router<Lane> router,
            Pools pools,
            Timer timer,
            Supervisor supervisor,
            ThreadFactory threads,
            Counters counters,
            HandlerCheck check,
            QueueKinds kinds,
            DispatcherSettings settings,
            InstantSource clock,
            HealthEvents health) {
        this.pools = pools;
        this.supervisor = supervisor;
        this.counters = counters;
        this.check = check;
        this.kinds = kinds;
        var adjuster = new Adjuster(lock, timer, supervisor);
        this.lanes = new Lanes(router, pools, timer::nanoTime, kinds, adjuster, settings);
        this.parking = new Parking(lock, lanes, timer, supervisor, adjuster, this::isAwaited, check.canDecide());
        this.secondLook = new SecondLook(timer, supervisor, threads, this::isUndecided, this::reconsider);
        this.quarantines = new Quarantines(
                lock, timer, clock, supervisor, adjuster, () -> lanes.settings().breaker(), health);
        this.families = new Families(lanes, parking, quarantines);
    }

    // ---- handlers ----

    /** A handler came; one that is known already is looked at again only. */
    void arrive(HandlerSource source) {
        long asked = decisions.get();
        if (!members.containsKey(source.serviceId())) {
            HandlerCheck.Checked checked = check.checked(source);
            var member = new Member(source);
            lock.lock();
            try {
                if (!lanes.isFrozen() && members.putIfAbsent(source.serviceId(), member) == null) {
                    deadlines.arrived(source.owner().id());
                    admit(member, checked);
                }
            } finally {
                lock.unlock();
            }
            reportRefusal(member);
        }
        lookAgain(source.serviceId());
        reviseIfLate(source.serviceId(), asked);
        secondLook.ask();
    }

    /**
     * Properties are read before the lock is taken, and changes are told on several threads: who read first may have come
     * last, and whoever changes a service that is only just arriving tells nobody. A few looks are enough, since later
     * changes are told again.
     */
    private void lookAgain(long serviceId) {
        for (int i = 0; i < MOST_LOOKS; i++) {
            Member member = members.get(serviceId);
            if (member == null || member.seen().equals(check.read(member.source))) {
                return;
            }
            change(serviceId);
        }
    }

    /** A handler's properties changed. */
    void modify(long serviceId) {
        long asked = decisions.get();
        change(serviceId);
        lookAgain(serviceId);
        reviseIfLate(serviceId, asked);
        secondLook.ask();
    }

    /** Of one who joined, or did not, by an answer of before a change, and perhaps after all others were looked at for it. */
    private void reviseIfLate(long serviceId, long asked) {
        long before = asked;
        for (int i = 0; i < MOST_LOOKS && decisions.get() != before; i++) {
            before = decisions.get();
            Member member = members.get(serviceId);
            if (member == null) {
                return;
            }
            if (member.refusal().isEmpty()) {
                revise(member);
            } else {
                reconsider(member);
            }
        }
    }

    private void change(long serviceId) {
        Member member = members.get(serviceId);
        if (member == null) {
            return;
        }
        HandlerCheck.Checked checked = check.checked(member.source);
        String before = member.refusal();
        Member changed;
        lock.lock();
        try {
            if (lanes.isFrozen() || members.get(serviceId) != member) {
                return;
            }
            changed = apply(member, checked);
        } finally {
            lock.unlock();
        }
        if (changed != member) {
            giveBack(member);
        }
        if (!changed.refusal().equals(before)) {
            reportRefusal(changed);
        }
    }

    /**
     * Applies changed properties; gives the member that the handler is now. One that has a lane loses it only for another that
     * it can have, or since it may not have it any more: whatever else is wrong, it goes on as before.
     */
    private Member apply(Member member, HandlerCheck.Checked checked) {
        Reading permitted = checked.permitted();
        if (member.lane() == null || permitted instanceof Reading.Refused refused && refused.denied()) {
            return replace(member, new Member(member.source), checked);
        }
        checked(member, checked);
        if (!(permitted instanceof Reading.Usable usable)) {
            member.keptFor(reason(permitted));
            return member;
        }
        Place place;
        try {
            place = placeAfter(member, usable.properties());
        } catch (RuntimeException | LinkageError e) { // the queue provider's, too
            member.keptFor(FailureText.reasonOf(e));
            return member;
        }
        if (place.lane() == member.lane()) {
            member.join(place.lane(), usable.properties(), place.name());
            families.refresh(member.lane());
            return member;
        }
        var moved = new Member(member.source);
        checked(moved, checked);
        join(moved, usable.properties(), place); // first: without any member its bundle would give way to an older one
        leave(member);
        members.put(member.source.serviceId(), moved);
        return moved;
    }

    private Member replace(Member member, Member by, HandlerCheck.Checked checked) {
        leave(member);
        members.put(member.source.serviceId(), by);
        admit(by, checked);
        return by;
    }

    private static boolean keepsLane(Member member, HandlerProperties changed) {
        return member.requestedName().equals(name(member.source, changed))
                && changed.durable() == member.properties().durable();
    }

    /** Why a handler cannot be used; empty if it can. */
    private static String reason(Reading permitted) {
        if (permitted instanceof Reading.Undecided undecided) {
            return undecided.reason();
        }
        return permitted instanceof Reading.Refused refused ? refused.reason() : "";
    }

    private static void reportRefusal(Member member) {
        if (member.isRefused()) {
            log.warn(
                    "handler service {} of {} is not used: {}",
                    member.source.serviceId(),
                    member.source.owner(),
                    member.refusal());
        } else if (member.isKept()) {
            log.warn(
                    "handler service {} of {} goes on as before: its changed properties cannot be used, {}",
                    member.source.serviceId(),
                    member.source.owner(),
                    member.refusal());
        }
    }

    private static String name(HandlerSource source, HandlerProperties properties) {
        return properties.subscription().orElseGet(source::defaultName);
    }

    /** Of a member that is among the others, or about to be and decided. */
    private void checked(Member member, HandlerCheck.Checked checked) {
        member.checked(checked);
        if (member.isUndecided()) {
            mayBeUndecided = true;
        }
    }

    private void admit(Member member, HandlerCheck.Checked checked) {
        checked(member, checked);
        if (checked.permitted() instanceof Reading.Usable usable) {
            admit(member, usable.properties());
        } else {
            member.refuse(reason(checked.permitted()));
        }
    }

    private void admit(Member member, HandlerProperties properties) {
        Place place;
        try {
            place = place(member.source, properties, null);
        } catch (RuntimeException | LinkageError e) { // the queue provider's, too
            member.refuse(FailureText.reasonOf(e));
            return;
        }
        join(member, properties, place);
    }

    /**
     * Where a handler belongs.
     *
     * @param lane there already, or prepared
     * @param name of the subscription before it was made unique
     * @param prepared whether the lane is to be added
     * @param old the queue of the lane of another kind that it took the place of; null for none
     */
    private record Place(Lane lane, String name, boolean prepared, Lane.Attached old) {}

    /**
     * Where a member with a lane belongs with changed properties. If it is one that takes its lane's place, nobody is called
     * any more there; else nothing has changed.
     *
     * @throws IllegalArgumentException if there is no such place
     * @throws IllegalStateException if it cannot be had now
     */
    private Place placeAfter(Member member, HandlerProperties changed) {
        Lane lane = member.lane();
        if (keepsLane(member, changed)) {
            kinds.check(lane.kind, changed);
            return new Place(lane, member.requestedName(), false, null);
        }
        List<Member> active = lane.active();
        Place place = null;
        lane.members.remove(member); // looks for a place as if it had left
        try {
            place = place(member.source, changed, lane);
            return place;
        } finally {
            lane.members.add(member);
            if (place == null && !active.equals(lane.active())) {
                lanes.serve(lane, active);
            }
        }
    }

    /**
     * Where a handler belongs.
     *
     * @param left the lane that it leaves for it, null for none; nobody is called there any more if this takes its place
     * @throws IllegalArgumentException if there is no such place
     * @throws IllegalStateException if it cannot be had now
     */
    private Place place(HandlerSource source, HandlerProperties properties, Lane left) {
        String kind = kinds.of(properties);
        String name = name(source, properties);
        String identity = identity(source, properties, name);
        LaneConfig config = LaneConfig.of(identity, properties, source.programmatic(), lanes.settings());
        Lane lane = lanes.get(identity);
        if (lane != null && lane.kind.equals(kind)) {
            return new Place(lane, name, false, null);
        }
        if (lane != null && lane == left && lane.members.isEmpty()) {
            lanes.idle(lane); // whether its queue is empty can be told only once nothing is handed out
        }
        if (lane != null) {
            parking.checkGivesWay(lane, kind);
        }
        int going = lane != null || left != null && goes(left) ? 1 : 0;
        Lane prepared = lanes.prepare(kind, config, going);
        prepared.lossy = source.isLossy();
        return lane == null
                ? new Place(prepared, name, true, null)
                : new Place(prepared, name, false, parking.giveWay(lane, prepared));
    }

    /** Whether a lane goes at once when its last member has left. */
    private static boolean goes(Lane lane) {
        return lane.members.isEmpty() && lane.config().spec().graceMillis() == 0 && lane.running() == 0;
    }

    /** Nothing fails here: who has joined a family half would supersede others for ever. */
    private void join(Member member, HandlerProperties properties, Place place) {
        if (place.prepared()) {
            lanes.add(place.lane());
        }
        member.join(place.lane(), properties, place.name());
        place.lane().members.add(member);
        families.add(member);
        if (place.old() != null) {
            lanes.forget(place.lane(), place.old(), "its kind of queue changed");
        }
    }

    /** Checks that there is a kind of queue for a handler. */
    void checkKind(HandlerProperties properties) {
        kinds.of(properties);
    }

    /** The identity: an explicit name as it is, so that services share it; others made unique within the bundle. */
    private String identity(HandlerSource source, HandlerProperties properties, String name) {
        String unique = properties.subscription().isPresent()
                ? name
                : lanes.unique(source.owner(), name, lane -> waitsFor(lane, properties));
        return Identities.of(source.owner().name(), unique);
    }

    private static boolean waitsFor(Lane lane, HandlerProperties properties) {
        QueueSpec spec = lane.config().spec();
        return lane.members.isEmpty()
                && spec.topics().equals(properties.topics())
                && spec.filter().equals(properties.filter());
    }

    /** A name for a handler of a bundle that no other handler of it has. */
    String freeName(Owner owner, String name) {
        lock.lock();
        try {
            return lanes.unique(owner, name, lane -> false);
        } finally {
            lock.unlock();
        }
    }

    // ---- departure ----

    /**
     * A handler service left: when this returns none of its calls starts, and those that ran have had their time, also if its
     * bundle's departure has begun before and waits for them, too.
     */
    void depart(long serviceId) {
        Predicate<HandlerSource> whose = source -> source.serviceId() == serviceId;
        Leaving leaving;
        lock.lock();
        try {
            Member member = members.get(serviceId);
            List<Member> here = member == null ? List.of() : List.of(member);
            List<Member> known = member == null ? leavers.of(whose) : here;
            if (known.isEmpty()) {
                return;
            }
            HandlerSource source = known.get(0).source;
            leaving = leave(here, whose, source.owner().id(), source.isStopping());
        } finally {
            lock.unlock();
        }
        finish(leaving);
    }

    /** A bundle stops: as {@link #depart}, for all its handlers together. */
    void departing(long owner) {
        Predicate<HandlerSource> whose = source -> source.owner().id() == owner;
        Leaving leaving;
        lock.lock();
        try {
            leaving = leave(
                    members.values().stream().filter(m -> whose.test(m.source)).toList(), whose, owner, true);
        } finally {
            lock.unlock();
        }
        finish(leaving);
        pools.retire(owner);
    }

    /**
     * Members that have left their lanes, and whose calls are to be waited for without the lock.
     *
     * @param members those that left now
     * @param lanes theirs
     * @param waited those whose calls are waited for, also of earlier members
     * @param left of their deadline
     */
    private record Leaving(
            List<Member> members, Set<Lane> lanes, List<Member> waited, Departure departure, Duration left) {}

    /** A bundle that stops has one deadline for all its handlers; one that goes on, one for each that it takes away. */
    private Leaving leave(List<Member> leaving, Predicate<HandlerSource> whose, long owner, boolean stopping) {
        for (Member member : leaving) {
            members.remove(member.source.serviceId());
            leave(member);
        }
        List<Member> waited = leavers.of(whose);
        List<Call> calls = Leavers.callsOf(waited);
        Duration full = lanes.settings().departureDeadline();
        Duration most = calls.isEmpty() || !stopping ? full : deadlines.left(owner, full, System.nanoTime());
        Set<Lane> left =
                leaving.stream().map(Member::lane).filter(Objects::nonNull).collect(Collectors.toSet());
        var begun = new Leaving(leaving, left, waited, new Departure(calls), most);
        parking.departureBegins(); // last: if there was no memory for one of these, nobody would tell of the end
        return begun;
    }

    private void finish(Leaving leaving) {
        try {
            leaving.departure().await(leaving.left(), counters, supervisor);
        } finally {
            try {
                ended(leaving);
            } finally {
                leaving.members().forEach(this::giveBack);
            }
        }
    }

    private void ended(Leaving leaving) {
        lock.lock();
        try {
            try {
                parking.departureEnds(leaving.lanes()); // first, and made before: this may follow a want of memory
            } finally {
                leavers.remove(leaving.waited());
            }
        } finally {
            lock.unlock();
        }
    }

    /** Takes a member out of its lane. Its calls run on. */
    private void leave(Member member) {
        Lane lane = member.lane();
        if (lane != null) {
            lane.members.remove(member);
            families.remove(member);
            leavers.add(member);
        }
    }

    private void giveBack(Member member) {
        Lane lane = member.lane();
        if (lane != null && lane.unbindIdle(member) != null) {
            member.source.unget();
        }
    }

    /** A bundle was uninstalled: nobody will take the place of its handlers. */
    void gone(long owner) {
        departing(owner);
        lock.lock();
        try {
            parking.retireAllOf(owner);
        } finally {
            lock.unlock();
        }
        reconsider(); // of its symbolic name another bundle may be there, which could not take its place
    }

    @Override
    public void lastCallEnded(Lane lane) {
        parking.lastCallEnded(lane);
    }

    @Override
    public Quarantines quarantines() {
        return quarantines;
    }

    @Override
    public void unusable(Member member, String reason) {
        withdraw(member, member.properties(), reason);
    }

    /** Takes a member out of its lane, which is then parked as if it had left, unless it has other properties by now. */
    private void withdraw(Member member, HandlerProperties inForce, String reason) {
        var refused = new Member(member.source);
        lock.lock();
        try {
            if (!isUsed(member) || member.properties() != inForce) {
                return;
            }
            refused.seen(member.seen());
            refused.refuse(reason);
            members.put(member.source.serviceId(), refused);
            leave(member);
        } finally {
            lock.unlock();
        }
        giveBack(member);
        reportRefusal(refused);
    }

    private boolean isUsed(Member member) {
        return member.lane() != null && members.get(member.source.serviceId()) == member;
    }

    // ---- queues ----

    /** A kind of queue came: lanes of it get their queues, kept queues without a lane become parked lanes. */
    void bind(QueueProvider provider) {
        lock.lock();
        try {
            if (lanes.isFrozen()) {
                return;
            }
            if (!kinds.add(provider)) {
                return; // its turn comes when the other leaves
            }
            take(provider);
        } finally {
            lock.unlock();
        }
        reconsider();
    }

    private void take(QueueProvider provider) {
        limitShares(provider, shares);
        lanes.attach(provider);
        parking.adopt(provider);
    }

    /** A kind of queue left: its lanes wait for it. */
    void unbind(QueueProvider provider) {
        Optional<QueueProvider> next;
        lock.lock();
        try {
            if (!kinds.remove(provider)) {
                return;
            }
            lanes.detach(provider.kind());
            next = kinds.next(provider.kind());
            next.filter(other -> !lanes.isFrozen()).ifPresent(other -> {
                kinds.use(other);
                take(other);
            });
        } finally {
            lock.unlock();
        }
        if (next.isPresent()) {
            log.info("queues of kind {} were replaced by others of that kind", provider.kind());
            return;
        }
        log.warn(
                "queues of kind {} left: their subscriptions refuse as UNAVAILABLE until they are back",
                provider.kind());
    }

    /** From now on queues keep to these shares of publishers, those that come later, too. */
    void limitShares(Map<String, Integer> percents) {
        lock.lock();
        try {
            shares = percents;
            kinds.used().forEach(provider -> limitShares(provider, percents));
        } finally {
            lock.unlock();
        }
    }

    private static void limitShares(QueueProvider provider, Map<String, Integer> percents) {
        try {
            provider.limitShares(percents);
        } catch (RuntimeException | LinkageError e) { // the provider's: the others are told
            log.warn(
                    "queues of kind {} cannot be told of the shares of publishers: {}",
                    provider.kind(),
                    FailureText.reasonOf(e));
        }
    }

    /** Whether pushing to a lane never waits for a disk. */
    boolean isMemory(Lane lane) {
        return kinds.isMemory(lane);
    }

    /** Looks again at handlers that could not be used, or not as they want it: what they lacked may have come. */
    void reconsider() {
        for (Member member : members.values()) {
            if (!member.refusal().isEmpty()) {
                reconsider(member);
            }
            if (member.isUndecided()) {
                revise(member);
            }
        }
        secondLook.ask();
    }

    /**
     * Asks again for what a handler that is used needs in order to be so; without, it is refused, and its lane parked as if
     * it had left. While that cannot be told it goes on, and is looked at again.
     */
    private void revise(Member member) {
        HandlerProperties inForce = member.properties();
        if (member.lane() == null || inForce == null) {
            return;
        }
        Reading permission = check.permission(member.source, inForce);
        if (permission instanceof Reading.Refused refused && refused.denied()) {
            withdraw(member, inForce, refused.reason());
            return;
        }
        member.doubted(permission instanceof Reading.Undecided);
        if (member.isUndecided()) {
            mayBeUndecided = true;
        }
    }

    /** Whether somebody is there to decide, and could not when a handler's permissions were asked for. */
    private boolean isUndecided() {
        if (!mayBeUndecided || !check.canDecide() || lanes.isFrozen()) {
            return false;
        }
        mayBeUndecided = false; // first, since it is said again of one that becomes so meanwhile
        boolean any = true;
        try {
            any = members.values().stream().anyMatch(Member::isUndecided);
        } finally {
            if (any) {
                mayBeUndecided = true;
            }
        }
        return any;
    }

    /** Whether a handler waits for somebody to decide, and a lane may be the one that it wants. */
    private boolean isAwaited(Lane lane) {
        String bundle = Identities.bundleOf(lane.identity);
        return members.values().stream()
                .anyMatch(member ->
                        member.isUndecided() && member.source.owner().name().equals(bundle));
    }

    private void reconsider(Member member) {
        Reading permitted = check.checked(member.source).permitted();
        boolean asBefore = permitted instanceof Reading.Undecided
                || permitted instanceof Reading.Refused refused
                        && refused.reason().equals(member.refusal());
        if (!asBefore) {
            change(member.source.serviceId());
        }
    }

    // ---- the whole ----

    /** Changed configuration for what handlers leave open. */
    void apply(DispatcherSettings changed) {
        lock.lock();
        try {
            pools.apply(changed);
            lanes.apply(changed);
            lanes.all().forEach(quarantines::reconsider);
            lanes.offer();
        } finally {
            lock.unlock();
        }
    }

    /** There shall be these pools, beside the standard one; lanes go where their handlers want them. */
    void pools(Map<String, PoolSettings> wanted) {
        lock.lock();
        try {
            List<Pool> gone = pools.change(wanted);
            lanes.place();
            pools.end(gone); // nobody waits in them any more
            lanes.offer();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Access control came or left: where it is required, nobody is called without, and nothing is given up until those who
     * waited for it have been looked at again.
     */
    void decidable(BooleanSupplier can) {
        lock.lock();
        try {
            pools.block(!can.getAsBoolean());
            if (!can.getAsBoolean()) {
                parking.undecided();
            }
        } finally {
            lock.unlock();
        }
        decisions.incrementAndGet(); // first: who joins from now on is asked for by those who decide now
        if (can.getAsBoolean()) {
            members.values().forEach(this::revise);
        }
        reconsider();
        lock.lock();
        try {
            if (can.getAsBoolean()) {
                parking.decided();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Handlers are called from now on. */
    void open() {
        lock.lock();
        try {
            pools.open();
        } finally {
            lock.unlock();
        }
    }

    /** No call begins any more. */
    void shut() {
        lock.lock();
        try {
            pools.shut();
        } finally {
            lock.unlock();
        }
    }

    /** From now on lanes stay as they are; handlers may still leave, and nothing is given up for it. */
    void freeze() {
        lock.lock();
        try {
            lanes.freeze();
        } finally {
            lock.unlock();
        }
    }

    /** Closes all queues; what waits stays with the providers. Frozen before. */
    void close() {
        List<Member> all;
        lock.lock();
        try {
            lanes.close();
            kinds.close();
            all = List.copyOf(members.values());
            members.clear();
            families.clear();
        } finally {
            lock.unlock();
        }
        all.forEach(this::giveBack);
    }

    /** Sets whether a lane's handlers are not called; false if there is no such lane. */
    boolean pause(String identity, boolean on) {
        lock.lock();
        try {
            Lane lane = lanes.get(identity);
            if (lane == null) {
                return false;
            }
            lane.paused(on);
            lanes.adjust(lane);
            return true;
        } finally {
            lock.unlock();
        }
    }

    boolean hasPool(String name) {
        return pools.find(name).isPresent();
    }

    /** Sets whether a pool hands out nothing; false if there is no such pool. */
    boolean pausePool(String name, boolean on) {
        lock.lock();
        try {
            Optional<Pool> pool = pools.find(name);
            pool.ifPresent(found -> found.pause(on));
            return pool.isPresent();
        } finally {
            lock.unlock();
        }
    }

    void pauseAll(boolean on) {
        lock.lock();
        try {
            pools.pause(on);
        } finally {
            lock.unlock();
        }
    }

    List<Lane> lanes() {
        return lanes.sorted();
    }

    /** The subscriptions as people see them, by identity. */
    List<SubscriptionView> subscriptions() {
        List<Views.Seen> seen;
        lock.lock(); // between two changes; counters are asked for after, they are exact by themselves
        try {
            seen = lanes().stream()
                    .map(lane -> new Views.Seen(lane, lane.active()))
                    .toList();
        } finally {
            lock.unlock();
        }
        return seen.stream()
                .map(one -> Views.of(one, quarantines.view(one.lane())))
                .toList();
    }

    Lane lane(String identity) {
        return lanes.get(identity);
    }

    int laneCount() {
        return lanes.count();
    }

    /** The handlers as people see them, by bundle and id. */
    List<HandlerView> handlers() {
        lock.lock(); // a handler that is about to join must not be seen without its place
        try {
            return members.values().stream()
                    .sorted(Comparator.comparing((Member m) -> m.source.owner().name())
                            .thenComparingLong(m -> m.source.serviceId()))
                    .map(this::viewOf)
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    private HandlerView viewOf(Member member) {
        Lane lane = member.lane();
        return Views.of(
                member, families.served(member.source.owner().name()), lane == null ? null : quarantines.view(lane));
    }

    /** How many lanes are in quarantine. */
    int quarantined() {
        return (int) lanes.all().stream()
                .filter(lane -> lane.breaker.opening() != null)
                .count();
    }

    /** The member of a service; null if it is not known. */
    Member member(long serviceId) {
        return members.get(serviceId);
    }
}
