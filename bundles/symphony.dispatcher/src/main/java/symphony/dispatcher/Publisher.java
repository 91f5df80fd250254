package symphony.dispatcher;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import symphony.api.audit.Outcome;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.Envelope;
import symphony.api.crypto.EventCodec;
import symphony.api.crypto.EventSealer;
import symphony.api.event.Event;
import symphony.api.event.Receipt;
import symphony.api.event.Refusal;
import symphony.api.queue.EventQueue;
import symphony.api.queue.Item;
import symphony.api.queue.Offer;
import symphony.api.queue.QueueProvider;
import symphony.api.queue.Target;
import symphony.component.EventIds;
import symphony.component.Guard;

/** The way of an event from its publisher into queues: checked, routed, filtered, sealed once, pushed. Thread-safe. */
final class Publisher {
    /*
     * Takes no lock of its own; a push takes the lock of each queue. A lane that goes away between routing and pushing says
     * CLOSED: then the publish counts as having come after the lane went, and nobody is told of a refusal. Queues log when
     * they begin to refuse; here refusals are counted. A queue whose provider left meanwhile says CLOSED, too; the publisher
     * is told what it would have been told a moment later, that the kind is not there.
     *
     * Limits of publishers are asked once an event is sealed, which is when its size is known, and before it is pushed. An event
     * counts once for them, also if those that refused it are asked again: its receipt knows that it was paid for.
     *
     * Whoever publishes passes the gate first, and is in it until the queues have answered: so that at a stop each event
     * that was accepted is there to be handled or reported.
     */
    /** Publisher of our own events. */
    static final String OWN = "symphony.dispatcher";

    private static final int SLOTS_PER_CORE = 4;
    private static final String PUBLISH = "event:publish";
    private static final Refusal STOPPED = new Refusal(
            "", Refusal.Reason.CLOSED, "the dispatcher is stopping; publish again when the system has started anew");

    private final Router<Lane> router;
    private final Registry registry;
    private final EventSealer sealer;
    private final EventCodec codec;
    private final Guard guard;
    private final InstantSource clock;
    private final Counters counters;
    private final Background background;
    private final Monitors monitors;
    private final UnhandledEvents unhandled;
    private final PublisherLimits limits;
    private final EventIds ids;
    private final Object origin = new Object();
    private final PublishGate gate;
    private final OnTheWay onTheWay = new OnTheWay();

    Publisher(
            Router<Lane> router,
            Registry registry,
            BooleanSupplier inCall,
            EventSealer sealer,
            EventCodec codec,
            Guard guard,
            InstantSource clock,
            Counters counters,
            Background background,
            Monitors monitors,
            UnhandledEvents unhandled,
            PublisherLimits limits) {
        this.router = router;
        this.registry = registry;
        this.sealer = sealer;
        this.codec = codec;
        this.guard = guard;
        this.clock = clock;
        this.counters = counters;
        this.background = background;
        this.monitors = monitors;
        this.unhandled = unhandled;
        this.limits = limits;
        int slots = Runtime.getRuntime().availableProcessors() * SLOTS_PER_CORE;
        this.ids = new EventIds(clock, new SecureRandom(), slots);
        this.gate = new PublishGate(slots, inCall);
    }

    /** Refuses from now on, but for those that publish from a handler's call. */
    void stop() {
        gate.shut();
    }

    /** After {@link #stop()}: waits until each publish that was let in before has its receipt; false if not in time. */
    boolean awaitDone(Duration most) throws InterruptedException {
        long end = System.nanoTime() + most.toNanos();
        return gate.awaitLeft(most) && background.awaitDone(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
    }

    /** Refuses everything. */
    void close() {
        gate.close();
        background.close();
    }

    /** Publishes an event of our own, if anybody wants it; refusals are counted and logged by the queues. */
    void announce(Event event) {
        if (!router.route(event.topic()).isEmpty()) {
            dispatchAsync(event, OWN);
        }
    }

    Receipt dispatch(Event event, String publisher, Duration maxWait) {
        checkWait(maxWait);
        guard.check(publisher, "event", "publish", event.topic());
        int pass = gate.enter();
        try {
            Prepared prepared = prepare(event, publisher, pass);
            return prepared.receipt != null ? prepared.receipt : pushOrWait(prepared, maxWait);
        } finally {
            gate.leave(pass);
        }
    }

    private PublishReceipt pushOrWait(Prepared prepared, Duration maxWait) {
        if (maxWait.isZero()) {
            return push(prepared, maxWait);
        }
        Runnable arrived = onTheWay.add(prepared.envelope);
        try {
            return push(prepared, maxWait);
        } finally {
            arrived.run();
        }
    }

    /** How many events that were sealed with a key wait to get into queues. */
    long onTheWay(CryptoContext context, int keyId) {
        return onTheWay.count(context, keyId);
    }

    CompletionStage<Receipt> dispatchAsync(Event event, String publisher) {
        guard.check(publisher, "event", "publish", event.topic());
        int pass = gate.enter();
        try {
            Prepared prepared = prepare(event, publisher, pass);
            return prepared.receipt != null ? CompletableFuture.completedFuture(prepared.receipt) : pushAsync(prepared);
        } finally {
            gate.leave(pass);
        }
    }

    private CompletionStage<Receipt> pushAsync(Prepared prepared) {
        boolean quick = prepared.aims.stream().allMatch(aim -> registry.isMemory(aim.lane));
        if (quick) {
            return CompletableFuture.completedFuture(push(prepared, Duration.ZERO));
        }
        Supplier<Receipt> stopped = () -> refuseAll(prepared, Refusal.Reason.CLOSED, STOPPED.detail());
        Runnable arrived = onTheWay.add(prepared.envelope);
        boolean handed = false;
        try {
            CompletionStage<Receipt> pushed = background
                    .supply(() -> (Receipt) push(prepared, Duration.ZERO), stopped)
                    .orElseGet(() -> CompletableFuture.completedFuture(refuseAll(
                            prepared, Refusal.Reason.LIMIT, "too many events wait for slow stores; try later")));
            pushed.whenComplete((receipt, failure) -> arrived.run());
            handed = true;
            return pushed;
        } finally {
            if (!handed) { // no memory, perhaps
                arrived.run();
            }
        }
    }

    private static void checkWait(Duration maxWait) {
        if (maxWait.isNegative()) {
            throw new IllegalArgumentException("maxWait is " + maxWait + ", must not be negative");
        }
    }

    // ---- prepare: check, route, filter, seal ----

    /** A lane that wants the event. */
    private record Aim(Lane lane, long orderKey) {}

    /** An event ready to be pushed; or, if there is nothing to push, the receipt. */
    private record Prepared(
            UUID id, String topic, String publisher, Envelope envelope, List<Aim> aims, PublishReceipt receipt) {}

    private Prepared prepare(Event event, String publisher, int pass) {
        String topic = event.topic();
        counters.published.count();
        UUID id = event.id().orElseGet(ids::next);
        if (pass == PublishGate.REFUSED) {
            counters.refused(Refusal.Reason.CLOSED);
            monitors.published(id, event, publisher);
            monitors.refused(id, event, publisher, STOPPED);
            return done(id, publisher, List.of(STOPPED));
        }
        List<Aim> aims = aims(event, router.route(topic));
        if (aims.isEmpty()) {
            counters.unhandled.increment();
            monitors.published(id, event, publisher);
            monitors.unhandled(id, event, publisher);
            unhandled.happened(id, event, publisher);
            guard.count(PUBLISH, publisher, topic, "", Outcome.DONE, id);
            return done(id, publisher, List.of());
        }
        Envelope envelope = sealer.seal(CryptoContext.EVENT, event, id, clock.millis(), publisher);
        String over = limits.take(publisher, envelope.size()); // not before: what nobody wants is not counted
        Outcome outcome = over.isEmpty() ? Outcome.DONE : Outcome.FAILED;
        guard.count(PUBLISH, publisher, topic, "", outcome, id); // not before: data that cannot be encoded throws
        monitors.published(id, event, publisher); // nor this; and not after the first outcome
        PublishReceipt refused = over.isEmpty() ? null : overLimit(id, publisher, envelope, 0, over, missed(aims));
        return new Prepared(id, topic, publisher, envelope, aims, refused);
    }

    private static List<PublishReceipt.Missed> missed(List<Aim> aims) {
        return aims.stream()
                .map(aim -> new PublishReceipt.Missed(aim.lane.identity, aim.orderKey))
                .toList();
    }

    /** Refused before anybody was asked, with all that is needed to offer it again; it is not paid for. */
    private PublishReceipt overLimit(
            UUID id,
            String publisher,
            Envelope envelope,
            int accepted,
            String over,
            List<PublishReceipt.Missed> missed) {
        var why = new Refusal(
                "",
                Refusal.Reason.RATE,
                publisher + " may publish " + over + "; publish less, try again later, or raise its limits in PID "
                        + PublisherLimits.PID);
        counters.refused(Refusal.Reason.RATE);
        monitors.refused(envelope, why);
        return new PublishReceipt(origin, id, publisher, accepted, List.of(why), envelope, missed, false);
    }

    private Prepared done(UUID id, String publisher, List<Refusal> refusals) {
        var receipt = new PublishReceipt(origin, id, publisher, 0, refusals, null, List.of(), false);
        return new Prepared(id, "", publisher, null, List.of(), receipt);
    }

    private List<Aim> aims(Event event, List<Lane> lanes) {
        var aims = new ArrayList<Aim>(lanes.size());
        Map<String, Object> data = null;
        Map<String, Object> view = null;
        for (Lane lane : lanes) {
            LaneConfig config = lane.config();
            if (!config.needsData()) {
                aims.add(new Aim(lane, 0));
                continue;
            }
            if (data == null) {
                data = codec.normalise(event.data());
                view = FilterView.of(data);
            }
            if (config.accepts(view)) {
                aims.add(new Aim(lane, orderKey(config, event, data)));
            }
        }
        return aims;
    }

    private long orderKey(LaneConfig config, Event event, Map<String, Object> data) {
        if (config.orderPath().length == 0) {
            return 0;
        }
        String key = OrderKeyPath.valueAt(config.orderPath(), data);
        if (key.isEmpty()) {
            key = event.key().orElse("");
        }
        return key.isEmpty() ? 0 : sealer.orderKey(key);
    }

    // ---- push ----

    private PublishReceipt push(Prepared prepared, Duration maxWait) {
        var outcome = new PushOutcome(prepared.envelope);
        if (isOneKind(prepared.aims)) {
            pushKind(prepared, prepared.aims, maxWait, outcome);
        } else {
            long end = System.nanoTime()
                    + Math.min(maxWait.toSeconds(), Integer.MAX_VALUE) * 1_000_000_000L
                    + maxWait.toNanosPart();
            byKind(prepared.aims).values().forEach(aims -> {
                Duration left = maxWait.isZero() ? maxWait : Duration.ofNanos(Math.max(0, end - System.nanoTime()));
                pushKind(prepared, aims, left, outcome);
            });
        }
        if (outcome.accepted == 0 && outcome.refusals.isEmpty()) {
            counters.unhandled.increment(); // all went away meanwhile
            monitors.unhandled(prepared.envelope);
        }
        return outcome.receipt(prepared, 0);
    }

    private static boolean isOneKind(List<Aim> aims) {
        String first = aims.get(0).lane.kind;
        for (int i = 1; i < aims.size(); i++) {
            if (!aims.get(i).lane.kind.equals(first)) {
                return false;
            }
        }
        return true;
    }

    private static Map<String, List<Aim>> byKind(List<Aim> aims) {
        var kinds = new LinkedHashMap<String, List<Aim>>();
        aims.forEach(aim ->
                kinds.computeIfAbsent(aim.lane.kind, kind -> new ArrayList<>()).add(aim));
        return kinds;
    }

    private void pushKind(Prepared prepared, List<Aim> aims, Duration maxWait, PushOutcome outcome) {
        if (aims.size() == 1) {
            pushOne(prepared, aims.get(0), maxWait, outcome);
        } else {
            pushAll(prepared, aims, maxWait, outcome);
        }
    }

    /** As most events have one subscription, without the lists. */
    private static void pushOne(Prepared prepared, Aim aim, Duration maxWait, PushOutcome outcome) {
        Lane.Attached attached = aim.lane.attached();
        if (attached == null) {
            outcome.unavailable(aim);
            return;
        }
        var target = new Target(attached.queue(), item(prepared.envelope, aim));
        List<Offer> offers = attached.provider().push(prepared.topic, List.of(target), maxWait);
        outcome.offered(aim, attached.queue(), offers.get(0));
    }

    private static void pushAll(Prepared prepared, List<Aim> aims, Duration maxWait, PushOutcome outcome) {
        QueueProvider provider = null;
        var reached = new ArrayList<Aim>(aims.size());
        var targets = new ArrayList<Target>(aims.size());
        for (Aim aim : aims) {
            Lane.Attached attached = aim.lane.attached();
            if (attached == null || provider != null && attached.provider() != provider) {
                outcome.unavailable(aim);
            } else {
                provider = attached.provider();
                reached.add(aim);
                targets.add(new Target(attached.queue(), item(prepared.envelope, aim)));
            }
        }
        if (targets.isEmpty()) {
            return;
        }
        List<Offer> offers = provider.push(prepared.topic, targets, maxWait);
        for (int i = 0; i < offers.size(); i++) {
            outcome.offered(reached.get(i), targets.get(i).queue(), offers.get(i));
        }
    }

    private static Item item(Envelope envelope, Aim aim) {
        long expires = aim.lane.config().expiresMillis(envelope);
        return new Item(envelope, envelope.priority(), aim.orderKey, 0, expires, 0);
    }

    private PublishReceipt refuseAll(Prepared prepared, Refusal.Reason reason, String detail) {
        var outcome = new PushOutcome(prepared.envelope);
        prepared.aims.forEach(aim -> outcome.refused(aim, reason, detail));
        return outcome.receipt(prepared, 0);
    }

    /** What the queues said. One thread only. */
    private final class PushOutcome {
        private final Envelope envelope;
        private int accepted;
        private List<Refusal> refusals = List.of();
        private List<PublishReceipt.Missed> missed = List.of();

        PushOutcome(Envelope envelope) {
            this.envelope = envelope;
        }

        void offered(Aim aim, EventQueue queue, Offer offer) {
            if (!(offer instanceof Offer.Refused refused)) {
                accepted++;
                aim.lane.moreUrgent(envelope.priority());
                if (offer instanceof Offer.Duplicate) {
                    monitors.duplicate(envelope, aim.lane.identity);
                }
            } else if (refused.reason() != Refusal.Reason.CLOSED) {
                refused(aim, refused.reason(), refused.detail());
            } else if (aim.lane.queue() != queue) {
                unavailable(aim); // its provider left meanwhile
            } else if (!aim.lane.isRetired()) {
                refused(aim, refused.reason(), refused.detail());
            }
        }

        void unavailable(Aim aim) {
            refused(
                    aim,
                    Refusal.Reason.UNAVAILABLE,
                    "queues of kind " + aim.lane.kind + " are not there at the moment; try later");
        }

        void refused(Aim aim, Refusal.Reason reason, String detail) {
            if (refusals.isEmpty()) {
                refusals = new ArrayList<>();
                missed = new ArrayList<>();
            }
            counters.refused(reason);
            if (reason == Refusal.Reason.SHARE) {
                limits.shareRefused(envelope.publisher());
            }
            Refusal refusal = aim.lane.refusal(reason, detail);
            monitors.refused(envelope, refusal);
            refusals.add(refusal);
            missed.add(new PublishReceipt.Missed(aim.lane.identity, aim.orderKey));
        }

        PublishReceipt receipt(Prepared prepared, int before) {
            return new PublishReceipt(
                    origin,
                    prepared.id,
                    prepared.publisher,
                    before + accepted,
                    refusals,
                    prepared.envelope,
                    missed,
                    limits.any());
        }
    }

    // ---- retry ----

    Receipt retry(Receipt receipt, String publisher) {
        if (!(receipt instanceof PublishReceipt own) || !own.isOf(origin)) {
            throw new IllegalArgumentException("the receipt of event " + receipt.eventId()
                    + " was not made by this dispatcher, or it was restarted meanwhile; publish the event again");
        }
        if (!own.publisher().equals(publisher)) {
            throw new IllegalArgumentException("the event " + own.eventId() + " was published by " + own.publisher()
                    + "; " + publisher + " cannot offer it again");
        }
        if (own.refusals().isEmpty() || own.envelope() == null) {
            return own;
        }
        String topic = own.envelope().topic();
        guard.check(publisher, "event", "publish", topic);
        int pass = gate.enter();
        try {
            return pass == PublishGate.REFUSED ? stillRefused(own) : retryPaid(own, topic);
        } finally {
            gate.leave(pass);
        }
    }

    /** What was refused after it had counted for the limits of its publisher does not count again, once for each receipt. */
    private PublishReceipt retryPaid(PublishReceipt own, String topic) {
        String over = limits.any() && !own.usePayment()
                ? limits.take(own.publisher(), own.envelope().size())
                : "";
        return over.isEmpty()
                ? pushMissed(own, topic)
                : overLimit(own.eventId(), own.publisher(), own.envelope(), own.accepted(), over, own.missed());
    }

    private PublishReceipt stillRefused(PublishReceipt own) {
        counters.refused(Refusal.Reason.CLOSED);
        monitors.refused(own.envelope(), STOPPED);
        return new PublishReceipt(
                origin,
                own.eventId(),
                own.publisher(),
                own.accepted(),
                List.of(STOPPED),
                own.envelope(),
                own.missed(),
                false);
    }

    private PublishReceipt pushMissed(PublishReceipt own, String topic) {
        Function<PublishReceipt.Missed, Aim> aim =
                missed -> new Aim(registry.lane(missed.identity()), missed.orderKey());
        List<Aim> aims =
                own.missed().stream().map(aim).filter(a -> a.lane != null).toList();
        var prepared = new Prepared(own.eventId(), topic, own.publisher(), own.envelope(), aims, null);
        var outcome = new PushOutcome(own.envelope());
        byKind(aims).values().forEach(some -> pushKind(prepared, some, Duration.ZERO, outcome));
        return outcome.receipt(prepared, own.accepted());
    }
}
