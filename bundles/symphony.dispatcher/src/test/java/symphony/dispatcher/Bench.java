package symphony.dispatcher;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import symphony.api.crypto.EventSealer;
import symphony.api.dispatcher.SubscriptionView;
import symphony.api.event.Event;
import symphony.api.event.EventHandler;
import symphony.api.event.Receipt;
import symphony.api.queue.DeadLetter;
import symphony.api.queue.QueueStats;
import symphony.api.scheduler.Timer;
import symphony.codec.CodecEngine;
import symphony.codec.CodecLimits;
import symphony.component.Guard;
import symphony.crypto.CryptoEngine;
import symphony.queue.MemoryQueueEngine;
import symphony.scheduler.TimerEngine;

/** A dispatcher with its real neighbours: codec, sealer, queues in memory, timer. */
final class Bench implements AutoCloseable {
    static final String PUBLISHER = "shop";
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    final Map<String, Object> config = new HashMap<>(Map.of("backoff", "1ms", "departure.deadline", "300ms"));
    final CodecEngine codec = new CodecEngine(CodecLimits.DEFAULT);
    /** Whose keys a dispatcher that is made from now on has. */
    EventSealer sealer = CryptoEngine.ephemeral(codec);

    final TimerEngine timer = new TimerEngine();
    final Guard guard;
    final List<Thread> threads = new ArrayList<>();
    /** Called before each look at the dispatcher's clock. */
    volatile Runnable beforeNanoTime = () -> {};

    /** Called before anything is given to the dispatcher's timer. */
    volatile Runnable beforeSchedule = () -> {};

    /** The clock of dispatcher and queues; the timer keeps its own. */
    volatile LongSupplier nanos = timer::nanoTime;

    volatile ThreadFactory maker = DispatcherThreads.INSTANCE;
    final MemoryQueueEngine queues;

    /** What the dispatcher knows of them. */
    final HookedQueues hooked;

    volatile DispatcherEngine engine;

    Bench(Object... pairs) {
        this(new Guard(false), pairs);
    }

    Bench(Guard guard, Object... pairs) {
        this.guard = guard;
        put(pairs);
        queues = newQueues();
        hooked = HookedQueues.memory(queues);
        engine = newEngine();
        engine.start();
    }

    private void put(Object... pairs) {
        for (int i = 0; i < pairs.length; i += 2) {
            config.put((String) pairs[i], pairs[i + 1]);
        }
    }

    /** Changes configuration, as while it runs; keys and values in turn. */
    void configure(Object... pairs) {
        put(pairs);
        engine.apply(DispatcherEngine.SETTINGS.orDefaults(config));
    }

    /** Further queues in memory; the test closes them. */
    MemoryQueueEngine newQueues() {
        var made = new MemoryQueueEngine(
                MemoryQueueEngine.SETTINGS.orDefaults(Map.of()), InstantSource.system(), () -> nanos.getAsLong());
        made.bind(timer);
        return made;
    }

    /** A second dispatcher over the same queues, not started. */
    DispatcherEngine newEngine() {
        return new DispatcherEngine(
                sealer,
                codec,
                new HookedTimer(),
                hooked,
                guard,
                InstantSource.system(),
                this::thread,
                DispatcherEngine.SETTINGS.orDefaults(config));
    }

    /** As {@link #newEngine()}, with what varies the waits between attempts. */
    DispatcherEngine newEngine(DoubleSupplier chance) {
        return new DispatcherEngine(
                sealer,
                codec,
                new HookedTimer(),
                hooked,
                guard,
                InstantSource.system(),
                this::thread,
                DispatcherEngine.SETTINGS.orDefaults(config),
                chance);
    }

    private final class HookedTimer implements Timer {
        @Override
        public long nanoTime() {
            beforeNanoTime.run();
            return nanos.getAsLong();
        }

        @Override
        public long schedule(long deadlineNanos, LongConsumer callback, long cookie) {
            beforeSchedule.run();
            return timer.schedule(deadlineNanos, callback, cookie);
        }

        @Override
        public boolean cancel(long ticket) {
            return timer.cancel(ticket);
        }
    }

    private Thread thread(Runnable task) {
        Thread thread = maker.newThread(task);
        synchronized (threads) {
            threads.add(thread);
        }
        return thread;
    }

    /** All that were made so far. */
    List<Thread> threads() {
        synchronized (threads) {
            return List.copyOf(threads);
        }
    }

    TestHandler handle(String topic, EventHandler handler, Object... properties) {
        return add(TestHandler.of(topic, handler, properties));
    }

    TestHandler add(TestHandler handler) {
        engine.arrive(handler);
        return handler;
    }

    Receipt publish(String topic) {
        return publish(Event.on(topic).build());
    }

    Receipt publish(String topic, int number) {
        return publish(Event.on(topic).with("n", number).build());
    }

    Receipt publish(Event event) {
        return engine.dispatch(PUBLISHER, event, PUBLISHER, Duration.ZERO);
    }

    SubscriptionView view(String identity) {
        return engine.subscriptions().stream()
                .filter(view -> view.identity().equals(identity))
                .findAny()
                .orElseThrow(() -> new AssertionError("no subscription " + identity + " in " + engine.subscriptions()));
    }

    QueueStats stats(String identity) {
        return view(identity).queue();
    }

    List<DeadLetter> dead() {
        return queues.deadLetters().list("", 100_000);
    }

    /** The dispatcher's clock stands still meanwhile: no time of grace is over however long these steps take. */
    void atOneMoment(Runnable steps) {
        long now = timer.nanoTime();
        nanos = () -> now;
        try {
            steps.run();
        } finally {
            nanos = timer::nanoTime;
        }
    }

    /** Waits until something holds. */
    static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + DEADLINE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("it did not come to that within " + DEADLINE);
            }
            LockSupport.parkNanos(500_000);
        }
    }

    @Override
    public void close() {
        engine.close();
        timer.close();
        queues.close();
        awaitEnd();
    }

    /** What its threads log is this test's, not the next one's; those that hang are not waited for long. */
    private void awaitEnd() {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        try {
            for (Thread thread : threads()) {
                long millis = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (thread != Thread.currentThread()) {
                    thread.join(Math.max(1, millis));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
