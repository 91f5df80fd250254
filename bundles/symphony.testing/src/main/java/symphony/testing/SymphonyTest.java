package symphony.testing;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.stream.LongStream;
import symphony.api.dispatcher.SubscriptionView;
import symphony.api.event.Event;
import symphony.api.event.EventHandler;
import symphony.api.event.EventSystem;
import symphony.api.event.HandlerConstants;
import symphony.api.event.Receipt;
import symphony.api.event.Recurrence;
import symphony.api.event.Schedule;
import symphony.api.event.Subscription;
import symphony.api.event.TypedHandler;
import symphony.api.queue.DeadLetter;
import symphony.codec.CodecEngine;
import symphony.codec.CodecLimits;
import symphony.component.Guard;
import symphony.crypto.CryptoEngine;
import symphony.dispatcher.DispatcherEngine;
import symphony.dispatcher.DispatcherThreads;
import symphony.eventsystem.EventSystemEngine;
import symphony.queue.MemoryQueueEngine;
import symphony.scheduler.EventSchedulerEngine;
import symphony.scheduler.ScheduleLimits;

/**
 * The whole of Symphony Events in a unit test: the engines of the product, with encoding, sealing, queues, retries and
 * schedules, but without a framework, and with a time that stands still until {@link #advance} moves it.
 *
 * <pre>{@code
 * try (var s = SymphonyTest.start()) {
 *     s.handler(new Invoicing(s.eventSystem()));                 // topics as its annotations say
 *     var invoices = s.probe("orders/invoiced");
 *     s.publish("orders/new", Map.of("customer", "ada", "amount", 12));
 *     invoices.awaitCount(1);
 *     assertEquals("ada", invoices.last().getString("customer"));
 * }
 * }</pre>
 *
 * <p>All that the test publishes and handles belongs to a bundle {@value #BUNDLE}, and there is no access control.
 * Thread-safe.
 */
public final class SymphonyTest implements AutoCloseable {
    /*
     * The wiring is that of the DS components, by hand: codec ← crypto, timer ← queue ← dispatcher ← scheduler ← event system.
     * Between the engines stand the Observed… classes, which change nothing and let Idleness see whether something is under way.
     */
    /** Symbolic name of the bundle that the test acts for. */
    public static final String BUNDLE = "test";

    /** Symbolic name of the bundle that probes belong to. */
    static final String PROBES = "probes";

    /**
     * Longest real time to wait for what is due to be handled. A call that lasts longer is stuck, or meant to last; a busy
     * machine may let a thread stand still for seconds.
     */
    static final Duration IDLE_PATIENCE = Duration.ofSeconds(10);

    /** The same once something was found to last. */
    private static final Duration SHORT_PATIENCE = Duration.ofMillis(20);

    private static final Duration LETTER_PATIENCE = Duration.ofSeconds(10);

    private final LongSupplier realNanos;
    private final ManualTimer time;
    private final MemoryQueueEngine queues;
    private final CryptoEngine crypto;
    private final CodecEngine codec;
    private final DispatcherEngine dispatcher;
    private final EventSchedulerEngine schedulerEngine;
    private final ObservedScheduler scheduler;
    private final EventSystemEngine systems;
    private final FlatBundle bundle;
    private final FlatBundle probes;
    private final EventSystem system;
    private final Idleness idleness;
    private final Situation situation;
    private final AtomicInteger probeNumbers = new AtomicInteger();

    /** By this clock it waits in real time. */
    SymphonyTest(Instant start, LongSupplier realNanos) {
        this.realNanos = realNanos;
        time = new ManualTimer(start);
        var guard = new Guard(false);
        codec = new CodecEngine(CodecLimits.DEFAULT);
        crypto = CryptoEngine.ephemeral(codec, time);
        queues = new MemoryQueueEngine(MemoryQueueEngine.SETTINGS.orDefaults(Map.of()), time, time::nanoTime);
        queues.bind(time);
        var observedQueues = new ObservedQueues(queues);
        dispatcher = new DispatcherEngine(
                crypto,
                codec,
                time,
                observedQueues,
                guard,
                time,
                DispatcherThreads.INSTANCE,
                DispatcherEngine.SETTINGS.orDefaults(Map.of("departure.deadline", "200ms")));
        schedulerEngine = new EventSchedulerEngine(
                time, time, guard, ScheduleLimits.DEFAULT, new ConcurrentHashMap<>(), owner -> true);
        scheduler = new ObservedScheduler(schedulerEngine, time);
        var forScheduler = new ObservedDispatcher(dispatcher, "symphony.scheduler", scheduler::dispatched);
        var forSystem = new ObservedDispatcher(dispatcher, "symphony.eventsystem", event -> {});
        schedulerEngine.bind(crypto);
        schedulerEngine.bind(queues.budget());
        schedulerEngine.bind(forScheduler);
        systems = new EventSystemEngine(guard, time, new Random());
        systems.bind(forSystem);
        systems.bind(scheduler);
        bundle = new FlatBundle(dispatcher, BUNDLE, 1);
        probes = new FlatBundle(dispatcher, PROBES, 2);
        system = systems.forCaller(BUNDLE, bundle);
        idleness = new Idleness(
                List.of(
                        time::isQuiet,
                        scheduler::isQuiet,
                        forScheduler::isQuiet,
                        forSystem::isQuiet,
                        observedQueues::areQuiet,
                        this::noCallRuns),
                List.of(time::calls, forScheduler::activity, forSystem::activity, observedQueues::activity),
                realNanos);
        situation = new Situation(dispatcher, scheduler, queues.deadLetters(), time);
        dispatcher.start();
    }

    /** A call ends after its lease was settled and, for another attempt, the timer was set. */
    private boolean noCallRuns() {
        return dispatcher.subscriptions().stream().allMatch(subscription -> subscription.running() == 0);
    }

    /**
     * Starts a system of its own. Its time begins at the present second, and then stands still.
     *
     * @return close it at the end of the test
     */
    public static SymphonyTest start() {
        return start(Instant.now().truncatedTo(ChronoUnit.SECONDS));
    }

    /**
     * Starts a system of its own.
     *
     * @param now where its time begins, and then stands still
     * @return close it at the end of the test
     */
    public static SymphonyTest start(Instant now) {
        return new SymphonyTest(now, System::nanoTime);
    }

    /**
     * What handlers under test get as their {@code EventSystem}.
     *
     * @return acts for the bundle {@value #BUNDLE}
     */
    public EventSystem eventSystem() {
        return system;
    }

    /**
     * Adds a handler as if it were a service with these properties.
     *
     * @param handler who gets the events
     * @param properties see {@link HandlerConstants}; {@code symphony.topics} is needed
     * @return closing it is what the departure of the service would be
     * @throws IllegalArgumentException if a property is unknown or wrong
     */
    public Subscription handler(EventHandler handler, Map<String, ?> properties) {
        return bundle.add(handler, FlatBundle.nameOf(handler), properties);
    }

    /**
     * Adds a typed handler as if it were a service with these properties.
     *
     * @param handler who gets the events
     * @param properties see {@link HandlerConstants}; {@code symphony.topics} is needed, for a lambda {@code symphony.type},
     *     too
     * @return closing it is what the departure of the service would be
     * @throws IllegalArgumentException if a property is unknown or wrong
     */
    public Subscription handler(TypedHandler<?> handler, Map<String, ?> properties) {
        return bundle.add(handler, FlatBundle.nameOf(handler), properties);
    }

    /**
     * Adds a handler with the properties that the annotations of its class gave: {@code @Topics}, {@code @Filter} and so on.
     * They are read from its class file.
     *
     * @param handler an instance of a {@code @Component}
     * @return closing it is what the departure of the service would be
     * @throws IllegalArgumentException if its class is no {@code @Component}, or a property is wrong
     */
    public Subscription handler(EventHandler handler) {
        return annotated(handler);
    }

    /**
     * As {@link #handler(EventHandler)}, for a typed handler.
     *
     * @param handler an instance of a {@code @Component}
     * @return closing it is what the departure of the service would be
     * @throws IllegalArgumentException if its class is no {@code @Component}, or a property is wrong
     */
    public Subscription handler(TypedHandler<?> handler) {
        return annotated(handler);
    }

    private Subscription annotated(Object handler) {
        ComponentProperties component = ComponentProperties.of(handler.getClass());
        return bundle.add(handler, component.name(), component.properties());
    }

    /**
     * Records the events of some topics from now on.
     *
     * @param topicFilter as {@code orders/*}
     * @return the record
     */
    public Probe probe(String topicFilter) {
        var probe = new Probe(topicFilter, idleness, situation::tell);
        String name = "probe-" + probeNumbers.incrementAndGet();
        probes.add(
                probe.handler(),
                name,
                Map.of(HandlerConstants.TOPICS, topicFilter, HandlerConstants.SUBSCRIPTION, name));
        return probe;
    }

    /**
     * Publishes with the default priority.
     *
     * @param topic where to
     * @param data a record, a map or a single value
     * @return what became of it
     */
    public Receipt publish(String topic, Object data) {
        return system.publish(topic, data);
    }

    /**
     * Publishes.
     *
     * @param event what
     * @return what became of it
     */
    public Receipt publish(Event event) {
        return system.publish(event);
    }

    /**
     * Publishes later, by the time of the test.
     *
     * @param event what
     * @param delay how much later
     * @return the schedule
     */
    public Schedule schedule(Event event, Duration delay) {
        return system.schedule(event, delay);
    }

    /**
     * Publishes again and again, by the time of the test.
     *
     * @param event what, without an id
     * @param recurrence when
     * @return the schedule
     */
    public Schedule schedule(Event event, Recurrence recurrence) {
        return system.schedule(event, recurrence);
    }

    /**
     * Moves the time on, from one moment at which something is due to the next. At each, what is due is handled before time
     * goes on, with all that follows from it; a call that lasts longer than 10 seconds of real time is not waited for.
     *
     * <p>The wait before another attempt varies by a fifth, so that an advance by 120 ms is enough for one of 100 ms.
     *
     * @param by how far, not negative
     * @throws IllegalArgumentException if it is negative
     */
    public void advance(Duration by) {
        if (by.isNegative()) {
            throw new IllegalArgumentException("time moves by " + by + ", must not be negative");
        }
        long end = time.nanoTime() + by.toNanos();
        boolean idle = idleness.await(IDLE_PATIENCE);
        for (OptionalLong next = nextUntil(end); next.isPresent(); next = nextUntil(end)) {
            time.moveTo(next.getAsLong());
            idle = idleness.await(idle ? IDLE_PATIENCE : SHORT_PATIENCE);
        }
        time.moveTo(end);
        idleness.await(idle ? IDLE_PATIENCE : SHORT_PATIENCE);
    }

    private OptionalLong nextUntil(long end) {
        long now = time.nanoTime();
        LongStream deadlines = time.nextUntil(end).stream();
        LongStream schedules = scheduler.nextDue().stream()
                .mapToLong(due -> now + Duration.between(time.instant(), due).toNanos())
                .filter(due -> due - now > 0 && due - end <= 0);
        // by distance: nano times overflow
        return LongStream.concat(deadlines, schedules)
                .map(nanos -> nanos - now)
                .sorted()
                .map(distance -> now + distance)
                .findFirst();
    }

    /**
     * Waits until everything due has been handled, up to 10 seconds of real time.
     *
     * @return whether it has; false if a call still runs
     */
    public boolean awaitIdle() {
        return idleness.await(IDLE_PATIENCE);
    }

    /**
     * The clock of the test, for code that takes one.
     *
     * @return moves with {@link #advance}
     */
    public InstantSource clock() {
        return time;
    }

    /**
     * What was given up so far, after everything due has been handled.
     *
     * @return oldest first
     */
    public List<DeadLetter> deadLetters() {
        idleness.await(IDLE_PATIENCE);
        return queues.deadLetters().list("", Integer.MAX_VALUE);
    }

    /**
     * Waits until so many dead letters are there, up to 10 seconds of real time.
     *
     * @param count exactly how many
     * @return oldest first
     * @throws AssertionError if there are fewer or more
     */
    public List<DeadLetter> awaitDeadLetters(int count) {
        var enough = new Idleness(List.of(() -> queues.deadLetters().count() >= count), List.of(), realNanos);
        enough.await(LETTER_PATIENCE);
        List<DeadLetter> letters = deadLetters();
        if (letters.size() != count) {
            throw new AssertionError("expected " + count + " dead letters, there are " + letters.size()
                    + System.lineSeparator() + situation.tell());
        }
        return letters;
    }

    /**
     * The subscriptions with all their counters, after everything due has been handled; those of probes included.
     *
     * @return by identity
     */
    public List<SubscriptionView> subscriptions() {
        idleness.await(IDLE_PATIENCE);
        return dispatcher.subscriptions();
    }

    /**
     * One subscription with all its counters, after everything due has been handled.
     *
     * @param subscription what {@link #handler} gave
     * @return how it stands
     * @throws IllegalArgumentException if there is none any more
     */
    public SubscriptionView status(Subscription subscription) {
        return subscriptions().stream()
                .filter(view -> view.identity().equals(subscription.identity()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "there is no subscription " + subscription.identity() + " any more"));
    }

    /** Handlers, queues, schedules and dead letters in a few lines, for a message. */
    @Override
    public String toString() {
        return situation.tell();
    }

    /** Ends it with all its threads. Calls that run are interrupted after a moment. */
    @Override
    public void close() {
        systems.close();
        schedulerEngine.close();
        dispatcher.close();
        queues.close();
        crypto.close();
        codec.close();
        time.close();
    }
}
