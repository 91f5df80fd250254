package symphony.queue;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.Envelope;
import symphony.api.crypto.SealedStore;
import symphony.api.event.Refusal;
import symphony.api.queue.Capability;
import symphony.api.queue.DeadLetters;
import symphony.api.queue.DeadReason;
import symphony.api.queue.EventQueue;
import symphony.api.queue.MemoryBudget;
import symphony.api.queue.Offer;
import symphony.api.queue.QueueProvider;
import symphony.api.queue.QueueSpec;
import symphony.api.queue.QueueWatcher;
import symphony.api.queue.QueuedEvent;
import symphony.api.queue.Target;
import symphony.api.scheduler.Timer;
import symphony.component.Settings;

/**
 * Queues in memory: the kind {@value #KIND_NAME}. What waits is lost when the engine is closed. Thread-safe.
 *
 * <p>Clocks are given. Delays, aging and due times go by the nano clock, so a jump of the wall clock does not move them; a
 * given point in time ({@code notBefore}) is converted when it is pushed. Expiry is a point in time and goes by the wall
 * clock. How long a thread waits in {@code pop} or {@code push} is always real time.
 */
public final class MemoryQueueEngine implements QueueProvider, SealedStore, AutoCloseable {
    /*
     * The engine keeps the queues by identity and spreads a push over them; the order is in Backlog, the concurrency in
     * MemoryQueue. A push takes its bytes from the budget once, as a Charge that is shared by all who keep the envelope; the
     * engine itself holds it during the push.
     */

    /** PID of the configuration. */
    public static final String PID = "symphony.queue";

    /** The kind. */
    public static final String KIND_NAME = "memory";

    private static final long MIB = 1024L * 1024;
    private static final String KEY_DESTROYED = "its key was destroyed";
    private static final long MAX_HEAP = Runtime.getRuntime().maxMemory();

    /** The keys of the configuration. */
    public static final Settings SETTINGS = Settings.of(PID)
            .text("memory.bytes", "0", MemoryQueueEngine::checkMemory)
            .time("aging", Duration.ofSeconds(10), Duration.ZERO, Duration.ofDays(1))
            .number("dead.letters", 10_000, 0, 10_000_000)
            .number("duplicates.ids", 100_000, 1, 10_000_000)
            .number("dead.letters.bytes", 64 * MIB, 0, Long.MAX_VALUE)
            .build();

    private static final Logger log = LoggerFactory.getLogger(MemoryQueueEngine.class);
    private static final Set<Capability> CAPABILITIES =
            Set.copyOf(EnumSet.complementOf(EnumSet.of(Capability.DURABLE)));

    private final Map<String, MemoryQueue> queues = new ConcurrentHashMap<>();
    private final EnvelopeBudget budget;
    private final MemoryDeadLetters deadLetters;
    private final Surroundings around;
    private final AtomicLong purgedNanos;
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * Without queues and without a timer yet.
     *
     * @param settings values of {@link #SETTINGS}
     * @param clock the wall clock, for expiry and points in time
     * @param nanos the monotonic clock, in nanoseconds
     */
    public MemoryQueueEngine(Settings.Values settings, InstantSource clock, LongSupplier nanos) {
        long bytes = memoryBytes(settings);
        budget = new EnvelopeBudget(bytes);
        deadLetters = new MemoryDeadLetters(clock, budget, queues::get, deadLetterLimits(settings, bytes));
        around = new Surroundings(
                clock, nanos, budget, deadLetters, settings.time("aging"), settings.integer("duplicates.ids"));
        purgedNanos = new AtomicLong(nanos.getAsLong() - EnvelopeBudget.PURGE_NANOS);
    }

    private static void checkMemory(String text) {
        try {
            long bytes = Long.parseLong(text);
            if (bytes == 0 || bytes >= MIB && bytes <= MAX_HEAP) {
                return;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "must be a whole number, 0 or " + MIB + " to " + MAX_HEAP + " (the heap's size)", e);
        }
        throw new IllegalArgumentException("must be 0 or " + MIB + " to " + MAX_HEAP + " (the heap's size)");
    }

    private static long memoryBytes(Settings.Values settings) {
        long bytes = Long.parseLong(settings.text("memory.bytes"));
        return bytes == 0 ? Math.max(MIB, MAX_HEAP / 4) : bytes;
    }

    /** Dead letters are in the budget, too: no more than three quarters of it, or nothing could be published any more. */
    private static MemoryDeadLetters.Limits deadLetterLimits(Settings.Values settings, long memoryBytes) {
        return new MemoryDeadLetters.Limits(
                settings.integer("dead.letters"),
                Math.min(settings.number("dead.letters.bytes"), memoryBytes / 2),
                memoryBytes / 4);
    }

    /**
     * Applies a changed configuration; nothing that waits is lost, also if it is more than the new limits allow. Dead letters
     * beyond their new limits are discarded and counted.
     *
     * @param settings values of {@link #SETTINGS}
     */
    public void apply(Settings.Values settings) {
        long bytes = memoryBytes(settings);
        around.aging(settings.time("aging"));
        around.duplicateIds(settings.integer("duplicates.ids"));
        deadLetters.limits(deadLetterLimits(settings, bytes));
        budget.limit(bytes);
    }

    /**
     * A timer came; it is asked for all due times. Without one, what is due is handed out when somebody pops or anything else
     * happens in its queue.
     *
     * @param service from now on asked
     */
    public void bind(Timer service) {
        around.timerCame(service);
        queues.values().forEach(MemoryQueue::timerChanged);
    }

    /**
     * A timer left.
     *
     * @param service no longer asked; without effect if another was bound since
     */
    public void unbind(Timer service) {
        if (around.timerLeft(service)) {
            queues.values().forEach(MemoryQueue::timerChanged);
        }
    }

    /**
     * The limit on bytes in memory.
     *
     * @return always the same
     */
    public MemoryBudget budget() {
        return budget;
    }

    @Override
    public String kind() {
        return KIND_NAME;
    }

    @Override
    public Set<Capability> capabilities() {
        return CAPABILITIES;
    }

    @Override
    public EventQueue open(QueueSpec spec) {
        for (; ; ) {
            MemoryQueue queue = queues.computeIfAbsent(spec.identity(), id -> new MemoryQueue(around, spec));
            var opening = new OpenQueue(this, queue);
            if (queue.open(opening, spec)) {
                return ifOpen(spec, queue, opening);
            }
            // It was forgotten between the two lines above.
            queues.remove(spec.identity(), queue);
        }
    }

    /** A queue that was opened while the engine was being closed must not be left behind. */
    private OpenQueue ifOpen(QueueSpec spec, MemoryQueue queue, OpenQueue opening) {
        if (closed.get()) {
            queue.stop();
            throw new IllegalStateException(
                    spec.identity() + ": the queues in memory are closed; symphony.queue is stopping or stopped");
        }
        return opening;
    }

    @Override
    public List<QueueSpec> queues() {
        return queues.values().stream()
                .map(MemoryQueue::spec)
                .sorted(Comparator.comparing(QueueSpec::identity))
                .toList();
    }

    @Override
    public void limitShares(Map<String, Integer> percents) {
        around.shares(percents);
    }

    @Override
    public List<Offer> push(String topic, List<Target> targets, Duration maxWait) {
        check(targets, maxWait);
        if (targets.isEmpty()) {
            return List.of();
        }
        return new Push(targets, Surroundings.nanosOf(maxWait)).offers();
    }

    private void check(List<Target> targets, Duration maxWait) {
        if (maxWait.isNegative()) {
            throw new IllegalArgumentException("push: maxWait is " + maxWait + ", must not be negative");
        }
        Envelope envelope = targets.isEmpty() ? null : targets.get(0).item().envelope();
        for (Target target : targets) {
            if (target.item().envelope() != envelope) {
                throw new IllegalArgumentException(
                        "push: the items have different envelopes; push one event at a time");
            }
            queueOf(target);
        }
    }

    private MemoryQueue queueOf(Target target) {
        if (target.queue() instanceof OpenQueue opening) {
            return opening.queueOf(this);
        }
        throw new IllegalArgumentException("push: " + target.queue() + " is no queue in memory");
    }

    /** One push: first to all that have room, then it waits for the others. */
    private final class Push {
        private final List<Target> targets;
        private final boolean waits;
        private final long deadline;
        private final Offer[] offers;
        private final int bytes;
        private boolean interrupted;

        Push(List<Target> targets, long maxWaitNanos) {
            this.targets = targets;
            this.waits = maxWaitNanos > 0;
            this.deadline = waits ? System.nanoTime() + maxWaitNanos : 0;
            this.offers = new Offer[targets.size()];
            this.bytes = targets.get(0).item().envelope().size();
        }

        List<Offer> offers() {
            Charge charge = charge();
            if (charge == null) {
                refuseAll();
            } else {
                try {
                    budget.reportRoom();
                    pushAll(charge);
                } finally {
                    charge.letGo();
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            return List.of(offers);
        }

        private void pushAll(Charge charge) {
            if (waits && targets.size() > 1) {
                // Those with room must not wait for those without.
                for (int i = 0; i < offers.length; i++) {
                    offers[i] = queue(i).pushIfRoom(opening(i), targets.get(i).item(), charge);
                }
            }
            for (int i = 0; i < offers.length; i++) {
                if (offers[i] == null) {
                    offers[i] = pushOne(i, charge);
                }
            }
        }

        private Offer pushOne(int i, Charge charge) {
            if (!interrupted) {
                try {
                    return queue(i).push(opening(i), targets.get(i).item(), charge, left());
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            return refuse(i, Refusal.Reason.INTERRUPTED, "the publisher was interrupted while it waited for room");
        }

        private long left() {
            return waits ? Math.max(0, deadline - System.nanoTime()) : 0;
        }

        private Charge charge() {
            var charge = new Charge(budget, bytes, targets.size() > 1); // first: afterwards nothing may fail
            boolean reserved =
                    budget.tryReserve(bytes) || purgeExpired() && budget.tryReserve(bytes) || waits && awaitBudget();
            return reserved ? charge : null;
        }

        private boolean awaitBudget() {
            try {
                return budget.reserve(bytes, left(), MemoryQueueEngine.this::purgeExpired);
            } catch (InterruptedException e) {
                interrupted = true;
                return false;
            }
        }

        private void refuseAll() {
            if (!interrupted) {
                budget.reportExhausted();
            }
            var reason = interrupted ? Refusal.Reason.INTERRUPTED : Refusal.Reason.LIMIT;
            String detail = interrupted
                    ? "the publisher was interrupted while it waited for memory"
                    : "envelopes in memory have " + budget.used() + " of " + budget.limit() + " bytes, this one has "
                            + bytes
                            + "; publish with a time to wait, make handlers faster, or raise memory.bytes in PID "
                            + PID;
            Arrays.setAll(offers, i -> refuse(i, reason, detail));
        }

        private Offer refuse(int i, Refusal.Reason reason, String detail) {
            return queue(i).refuse(opening(i), targets.get(i).item(), reason, detail);
        }

        private MemoryQueue queue(int i) {
            return queueOf(targets.get(i));
        }

        private OpenQueue opening(int i) {
            return (OpenQueue) targets.get(i).queue();
        }
    }

    /** Looks for expired events in all queues, unless somebody did so just now; says whether it did. */
    private boolean purgeExpired() {
        long now = around.nanos.getAsLong();
        long last = purgedNanos.get();
        if (now - last < EnvelopeBudget.PURGE_NANOS || !purgedNanos.compareAndSet(last, now)) {
            return false;
        }
        queues.values().forEach(MemoryQueue::purge);
        return true;
    }

    @Override
    public String name() {
        return "queues and dead letters in memory";
    }

    @Override
    public Set<CryptoContext> contexts() {
        return Set.of(CryptoContext.EVENT);
    }

    @Override
    public long count(CryptoContext context, int keyId) {
        Predicate<Envelope> which = sealedWith(context, keyId);
        long count = 0;
        for (MemoryQueue queue : queues.values()) {
            count += queue.count(which);
        }
        return count + deadLetters.count(which); // last, since events only go that way by themselves
    }

    @Override
    public long giveUp(CryptoContext context, int keyId) {
        Predicate<Envelope> which = sealedWith(context, keyId);
        long count = 0;
        for (MemoryQueue queue : queues.values()) {
            count += queue.deadLetter(which, DeadReason.KEY_DESTROYED, KEY_DESTROYED);
        }
        return count + deadLetters.changeReason(which, DeadReason.KEY_DESTROYED, KEY_DESTROYED);
    }

    private static Predicate<Envelope> sealedWith(CryptoContext context, int keyId) {
        return envelope -> envelope.context() == context.code() && envelope.keyId() == keyId;
    }

    @Override
    public List<QueuedEvent> find(UUID eventId) {
        return queues().stream()
                .map(spec -> queues.get(spec.identity()))
                .filter(Objects::nonNull) // forgotten just now
                .flatMap(queue -> queue.find(eventId).stream())
                .toList();
    }

    @Override
    public void watch(QueueWatcher watcher) {
        around.watchers.add(watcher);
    }

    @Override
    public void unwatch(QueueWatcher watcher) {
        around.watchers.remove(watcher);
    }

    @Override
    public DeadLetters deadLetters() {
        return deadLetters;
    }

    @Override
    public int forget(String identity) {
        MemoryQueue queue = queues.get(identity);
        int dropped = queue == null ? 0 : queue.forget();
        if (queue != null) {
            queues.remove(identity, queue);
        }
        return Math.max(0, dropped);
    }

    /**
     * Stops all: waiting threads get nothing, pushes are refused as closed, leases cannot be settled any more, and what is
     * left in each queue is counted as reported and logged. A second time it does nothing.
     */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        var all = new ArrayList<>(queues.values());
        all.forEach(MemoryQueue::stop);
        // Only now: a publisher that waited for memory shall find its queue closed, and be told so.
        budget.close();
        if (deadLetters.count() > 0) {
            log.warn("{}: stopped with {} dead letters that are lost", PID, deadLetters.count());
        }
        log.info("{}: stopped {} queues", PID, all.size());
    }
}
