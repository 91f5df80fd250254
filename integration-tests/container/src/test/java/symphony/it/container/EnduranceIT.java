package symphony.it.container;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;
import static org.ops4j.pax.exam.CoreOptions.options;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.function.LongPredicate;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import javax.inject.Inject;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.wiring.BundleWiring;
import org.osgi.service.cm.ConfigurationAdmin;
import symphony.api.dispatcher.EventDispatcher;
import symphony.api.dispatcher.EventMonitor;
import symphony.api.dispatcher.MonitorStream;
import symphony.api.dispatcher.PoolView;
import symphony.api.dispatcher.SubscriptionView;
import symphony.api.event.Event;
import symphony.api.event.EventSystem;
import symphony.api.event.Recurrence;
import symphony.api.event.Schedule;
import symphony.api.queue.QueueProvider;
import symphony.api.queue.QueueStats;
import symphony.it.handler.EnduringActivator;
import symphony.it.handler.Order;

/**
 * What a day brings, pressed together: publishers that are only held back by full queues, handlers that fail, events that
 * expire, schedules, a reader of the monitor who is too slow, and a bundle of handlers that is updated again and again.
 *
 * <p>Ten times the load pauses until all is handled. What the heap has then, after a full collection, must not grow from the
 * first five times to the last five, nor the number of threads, and of the class loaders only the newest is left. So what is
 * kept for each event shows, however little it is, and what is only on its way does not. The system properties
 * {@code endurance.events} (1 000 000) and {@code endurance.updates} (20) say how much it is in all. Prints what it saw.
 */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class EnduranceIT {
    private static final long EVENTS = Long.getLong("endurance.events", 1_000_000);
    private static final int UPDATES = Integer.getInteger("endurance.updates", 20);
    private static final int SAMPLES = 10;
    private static final int PUBLISHERS = 4;
    private static final int CUSTOMERS = 64;
    private static final int EVENTS_PER_SCHEDULE = 1_000;
    private static final int DEAD_LETTERS = 100;
    private static final int MONITORED = 1_000;
    private static final long READER_PAUSE_NANOS = 1_000_000;
    private static final List<String> TOPICS = List.of("ordered", "failing", "brief", "other");

    /**
     * What the heap may grow by from the first half to the second. Eight bytes an event, half a reference in an array and less
     * than the smallest object, would be as much with the events of the smallest run.
     */
    private static final long MOST_GROWTH = 4 << 20;

    /** Threads that a JVM and a framework start when they like. */
    private static final int MOST_THREADS_MORE = 3;

    /** Less than that is no fall: a collection finds something each time. */
    private static final long A_LITTLE = 64 << 10;

    /** For each step, and for any progress at all. */
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    /** At rest, after a full collection. */
    private record Sample(long events, int updates, double seconds, long heap, int threads) {
        @Override
        public String toString() {
            return String.format(
                    "%,d events, %d updates, %.0f s: %,d bytes of heap, %d threads",
                    events, updates, seconds, heap, threads);
        }
    }

    @Inject
    private BundleContext context;

    @Inject
    private EventSystem events;

    @Inject
    private EventDispatcher dispatcher;

    @Inject
    private QueueProvider queues;

    @Inject
    private EventMonitor monitor;

    @Inject
    private ConfigurationAdmin configurations;

    private final long begin = System.nanoTime();
    private final Map<String, Numbers> handled = Map.of(
            "every", new Numbers(EVENTS),
            "ordered", new Numbers(EVENTS),
            "failing", new Numbers(EVENTS),
            "brief", new Numbers(EVENTS));
    private final AtomicLongArray lastOfCustomer = new AtomicLongArray(CUSTOMERS);
    private final AtomicReference<String> disorder = new AtomicReference<>();
    private final AtomicLong published = new AtomicLong();
    private final AtomicLong scheduled = new AtomicLong();
    private final AtomicLong scheduledHandled = new AtomicLong();
    private final AtomicLong recurrentHandled = new AtomicLong();
    private final List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
    private final List<Sample> samples = new ArrayList<>();
    private Bundle bundle;
    private int updates;

    @Configuration
    public Option[] product() throws IOException {
        return options(Product.bundles(EnduranceIT.class));
    }

    @Test
    public void nothingIsLostAndNothingIsKeptUnderLoadAndUpdates() throws Exception {
        // given
        update("symphony.queue", Map.of("dead.letters", DEAD_LETTERS, "duplicates.ids", 1_000));
        update("symphony.dispatcher", Map.of("spare.idle", "100ms"));
        var test = context.registerService(BiConsumer.class, (BiConsumer<String, Long>) this::handled, null);
        bundle = context.installBundle("it.endure", jar());
        bundle.start();
        remember();
        ExecutorService publishers = Executors.newFixedThreadPool(PUBLISHERS);
        var later = events.subscribe("it/later", delivery -> scheduledHandled.incrementAndGet());
        var tick = events.subscribe("it/tick", delivery -> recurrentHandled.incrementAndGet());
        try (var reader = new SlowReader()) {
            Schedule recurrence = events.schedule(
                            Event.on("it/tick").build(), Recurrence.fixedRate(Duration.ofMillis(50)))
                    .orThrow();
            // when
            for (int sample = 1; sample <= SAMPLES; sample++) {
                publish(publishers, EVENTS * sample / SAMPLES, UPDATES * sample / SAMPLES);
                awaitRest();
                samples.add(sample());
                System.out.println("EnduranceIT: " + samples.get(samples.size() - 1));
            }
            // then
            assertTrue("cancelled", recurrence.cancel());
            await().atMost(DEADLINE).until(() -> recurrentHandled.get() == recurrence.fired());
            assertTrue("read from the monitor", reader.stop() > 0);
            assertTrue("missed by its reader, who is slow", reader.dropped() > 0);
            assertEverythingIsAccountedFor();
            assertNothingIsKept();
        } finally {
            publishers.shutdownNow();
            later.close();
            tick.close();
            bundle.uninstall();
            test.unregister();
        }
    }

    // ---- the load ----

    /** Publishes up to a number of events in all, while the bundle is updated up to a number of times in all. */
    private void publish(ExecutorService publishers, long end, int updated) throws Exception {
        long first = published.get();
        List<Future<?>> running = new ArrayList<>();
        for (int p = 0; p < PUBLISHERS; p++) {
            int publisher = p;
            running.add(publishers.submit(() -> publishAll(publisher, first, end)));
        }
        while (updates < updated) {
            awaitPublished(running, EVENTS * (updates + 1) / (UPDATES + 1));
            bundle.update(jar());
            Refresh.of(context, List.of(bundle), DEADLINE);
            remember();
            updates++;
        }
        awaitPublished(running, end);
        for (Future<?> one : running) {
            one.get(DEADLINE.toSeconds(), SECONDS);
        }
    }

    /** The numbers of one publisher, which has customers of its own, so that those of a customer are published in order. */
    private void publishAll(int publisher, long first, long end) {
        for (long n = first + Math.floorMod(publisher - first, PUBLISHERS); n < end; n += PUBLISHERS) {
            events.publish(event(n), DEADLINE).orThrow();
            published.incrementAndGet();
            if (n % EVENTS_PER_SCHEDULE == 0) {
                events.schedule(Event.on("it/later").with("n", n).build(), Duration.ofMillis(n % 50))
                        .orThrow();
                scheduled.incrementAndGet();
            }
        }
    }

    private static Event event(long n) {
        int customer = customer(n);
        int priority = topic(n).equals("ordered") ? customer % 10 : (int) (n % 10);
        return Event.on("it/endure/" + topic(n))
                .with("n", n)
                .with("customer", "customer-" + customer)
                .with("text", "something of the usual length, that is sealed with the rest of it and opened again")
                .priority(priority)
                .build();
    }

    private static int customer(long n) {
        return (int) (n % CUSTOMERS);
    }

    private static String topic(long n) {
        return TOPICS.get((int) (n / CUSTOMERS % TOPICS.size()));
    }

    private void handled(String subscription, long n) {
        handled.get(subscription).add(n);
        if (subscription.equals("ordered")) {
            long last = lastOfCustomer.getAndSet(customer(n), n);
            if (last > n) {
                disorder.compareAndSet(null, "customer " + customer(n) + ": " + n + " after " + last);
            }
        }
    }

    private void awaitPublished(List<Future<?>> running, long target) {
        for (long seen = published.get(); seen < target; seen = published.get()) {
            long before = seen;
            await("more than " + before + " of " + EVENTS + " events are taken")
                    .atMost(DEADLINE)
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> published.get() > before || running.stream().allMatch(Future::isDone));
            if (running.stream().allMatch(Future::isDone)) {
                return; // with what the publishers met instead, if that is so
            }
        }
    }

    // ---- the updates ----

    private InputStream jar() {
        return new ByteArrayInputStream(HandlerJar.of(
                EnduringActivator.class,
                "it.endure",
                Map.of("Bundle-Version", "1.0." + updates),
                EnduringActivator.Failure.class,
                Order.class));
    }

    private void remember() {
        loaders.add(new WeakReference<>(bundle.adapt(BundleWiring.class).getClassLoader()));
    }

    private void update(String pid, Map<String, Object> values) throws IOException {
        configurations.getConfiguration(pid, "?").update(new Hashtable<>(values));
    }

    // ---- at rest ----

    private void awaitRest() {
        await().atMost(DEADLINE).untilAsserted(() -> {
            for (SubscriptionView view : subscriptions()) {
                assertEquals("events left: " + view, 0, view.queue().depth());
            }
            assertEquals("scheduled events handled", scheduled.get(), scheduledHandled.get());
            for (PoolView pool : dispatcher.stats().pools()) {
                assertEquals("spare threads: " + pool, 0, pool.spares());
            }
        });
    }

    /** When the class loaders of old are gone. */
    private Sample sample() {
        await().atMost(DEADLINE).untilAsserted(() -> {
            System.gc();
            loaders.removeIf(loader -> loader.get() == null);
            assertEquals("class loaders after " + updates + " updates" + soFar(), 1, loaders.size());
        });
        long heap = used();
        for (long again = used(); again < heap - A_LITTLE; again = used()) {
            heap = again;
        }
        int threads = ManagementFactory.getThreadMXBean().getThreadCount();
        return new Sample(published.get(), updates, (System.nanoTime() - begin) / 1e9, heap, threads);
    }

    private static long used() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private List<SubscriptionView> subscriptions() {
        return dispatcher.subscriptions().stream()
                .filter(s -> s.identity().startsWith("it.endure/"))
                .toList();
    }

    private String soFar() {
        return samples.stream().map(Sample::toString).collect(Collectors.joining("\n", "\n", "\n"));
    }

    // ---- what must hold ----

    private void assertEverythingIsAccountedFor() {
        Map<String, QueueStats> stats = subscriptions().stream()
                .collect(Collectors.toMap(
                        view -> view.identity().substring("it.endure/".length()), SubscriptionView::queue));
        assertEquals(handled.keySet(), stats.keySet());
        stats.forEach((name, queue) -> {
            String seen = name + ": " + queue;
            assertTrue("balanced, " + seen, queue.balanced());
            assertEquals("accepted, " + seen, count(n -> isFor(name, n)), queue.accepted());
            assertEquals("dead, " + seen, count(n -> isFor(name, n) && isGivenUp(name, n)), queue.dead());
            assertEquals(
                    "each accepted one came to its end, " + seen,
                    queue.accepted(),
                    queue.handled() + queue.dead() + queue.expired());
            assertEquals(
                    "the handlers saw what was acknowledged, " + seen,
                    handled.get(name).count(),
                    queue.handled());
            if (!name.equals("brief")) {
                assertEquals("expired, " + seen, 0, queue.expired());
                assertEquals(
                        "lost, " + seen,
                        0,
                        count(n -> isFor(name, n)
                                && !isGivenUp(name, n)
                                && !handled.get(name).contains(n)));
            }
            System.out.println("EnduranceIT: " + seen);
        });
        assertNull("order of a customer's events", disorder.get());
        long dead = stats.get("failing").dead();
        await("dead letters are counted before they are kept")
                .atMost(DEADLINE)
                .until(() -> queues.deadLetters().count() + queues.deadLetters().discarded() == dead);
        assertEquals(
                "dead letters kept",
                Math.min(dead, DEAD_LETTERS),
                queues.deadLetters().count());
        assertEquals(
                "dead letters that went",
                Math.max(0, dead - DEAD_LETTERS),
                queues.deadLetters().discarded());
    }

    private static long count(LongPredicate which) {
        return LongStream.range(0, EVENTS).filter(which).count();
    }

    private static boolean isFor(String subscription, long n) {
        return subscription.equals("every") || subscription.equals(topic(n));
    }

    private static boolean isGivenUp(String subscription, long n) {
        return subscription.equals("failing") && n % EnduringActivator.FAILS_ALWAYS == 0;
    }

    private void assertNothingIsKept() {
        assertEquals(UPDATES, updates);
        List<Sample> first = samples.subList(0, SAMPLES / 2);
        List<Sample> last = samples.subList(SAMPLES / 2, SAMPLES);
        long grown = most(last, Sample::heap) - most(first, Sample::heap);
        assertTrue("heap has grown by " + grown + " bytes:" + soFar(), grown <= MOST_GROWTH);
        long more = most(last, Sample::threads) - most(first, Sample::threads);
        assertTrue(more + " threads more:" + soFar(), more <= MOST_THREADS_MORE);
    }

    private static long most(List<Sample> samples, ToLongFunction<Sample> figure) {
        return samples.stream().mapToLong(figure).max().orElseThrow();
    }

    /** Takes an entry of the monitor now and then, while far more come. */
    private final class SlowReader implements AutoCloseable {
        private final MonitorStream stream = monitor.open("it/*", MONITORED);
        private final FutureTask<Long> task = new FutureTask<>(this::read);
        private volatile boolean open = true;

        SlowReader() {
            new Thread(task, "slow reader").start();
        }

        private long read() {
            long read = 0;
            while (open) {
                read += stream.drain(1).size();
                LockSupport.parkNanos(READER_PAUSE_NANOS);
            }
            return read;
        }

        /** Ends it and tells how many entries it got. */
        long stop() throws Exception {
            open = false;
            return task.get(DEADLINE.toSeconds(), SECONDS);
        }

        long dropped() {
            return stream.dropped();
        }

        @Override
        public void close() {
            open = false;
            stream.close();
        }
    }
}
