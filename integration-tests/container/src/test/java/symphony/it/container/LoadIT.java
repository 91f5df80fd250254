package symphony.it.container;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static org.ops4j.pax.exam.CoreOptions.options;

import java.io.IOException;
import java.time.Duration;
import java.util.Hashtable;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLongArray;
import javax.inject.Inject;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import symphony.api.event.Event;
import symphony.api.event.EventHandler;
import symphony.api.event.EventSystem;

/**
 * What the system must bear at the very least, with bounds that only a fault exceeds: how fast it is, is for benchmarks to say.
 * Prints what it saw.
 */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class LoadIT {
    private static final int PUBLISHERS = 10;
    private static final int EVENTS = 5_000;
    private static final int LEAST_PER_SECOND = 100;
    private static final int SCHEDULED = 100;
    private static final Duration DELAY = Duration.ofMillis(500);
    private static final Duration MOST_LATE = Duration.ofSeconds(30);

    @Inject
    private BundleContext context;

    @Inject
    private EventSystem events;

    @Configuration
    public Option[] product() throws IOException {
        return options(Product.bundles(LoadIT.class));
    }

    @Test
    public void tenConcurrentPublishersAreServed() throws Exception {
        var handled = new ConcurrentSkipListSet<Long>();
        var registration = register("it/load", delivery -> handled.add(delivery.getLong("n", -1)));
        var publishers = Executors.newFixedThreadPool(PUBLISHERS);
        long begin = System.nanoTime();
        for (int p = 0; p < PUBLISHERS; p++) {
            long first = (long) p * EVENTS;
            publishers.submit(() -> {
                for (long n = first; n < first + EVENTS; n++) {
                    events.publish(Event.on("it/load").with("n", n).build(), Duration.ofSeconds(30))
                            .orThrow();
                }
                return null;
            });
        }
        publishers.shutdown();
        int all = PUBLISHERS * EVENTS;
        await().atMost(Duration.ofSeconds(all / LEAST_PER_SECOND)).until(() -> handled.size() == all);
        double seconds = (System.nanoTime() - begin) / 1e9;
        System.out.printf("%d events of %d publishers handled, %.0f/s%n", all, PUBLISHERS, all / seconds);
        assertTrue(publishers.awaitTermination(10, SECONDS));
        registration.unregister();
    }

    @Test
    public void scheduledEventsAreNeverEarlyAndNotLate() throws Exception {
        var handledAt = new AtomicLongArray(SCHEDULED);
        var dueAt = new long[SCHEDULED];
        var done = new CountDownLatch(SCHEDULED);
        var registration = register("it/later", delivery -> {
            handledAt.set((int) delivery.getLong("n", -1), System.nanoTime());
            done.countDown();
        });
        for (int n = 0; n < SCHEDULED; n++) {
            dueAt[n] = System.nanoTime() + DELAY.toNanos();
            events.schedule(Event.on("it/later").with("n", n).build(), DELAY).orThrow();
        }
        assertTrue(done.await(60, SECONDS));
        long latest = 0;
        for (int n = 0; n < SCHEDULED; n++) {
            long late = handledAt.get(n) - dueAt[n];
            assertTrue("event " + n + " is early by " + -late + " ns", late >= 0);
            latest = Math.max(latest, late);
        }
        System.out.printf("%d scheduled events, the latest %.1f ms after it was due%n", SCHEDULED, latest / 1e6);
        assertTrue(latest + " ns late", latest < MOST_LATE.toNanos());
        assertEquals(0, done.getCount());
        registration.unregister();
    }

    private ServiceRegistration<EventHandler> register(String topic, EventHandler handler) {
        return context.registerService(EventHandler.class, handler, new Hashtable<>(Map.of("symphony.topics", topic)));
    }
}
