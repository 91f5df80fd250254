package symphony.it.container;

import static org.awaitility.Awaitility.await;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertSame;
import static org.ops4j.pax.exam.CoreOptions.options;

import java.io.IOException;
import java.time.Duration;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.inject.Inject;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.service.cm.ConfigurationAdmin;
import symphony.api.crypto.EventCodec;
import symphony.api.event.Event;
import symphony.api.event.EventSystem;
import symphony.api.queue.MemoryBudget;
import symphony.api.queue.QueueProvider;

/** Configuration is applied live; a bad value leaves everything as it was, and running. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class ConfigurationIT {
    private static final Duration DEADLINE = Duration.ofSeconds(120);

    @Inject
    private BundleContext context;

    @Inject
    private ConfigurationAdmin configurations;

    @Inject
    private EventSystem events;

    @Inject
    private MemoryBudget budget;

    @Configuration
    public Option[] product() throws IOException {
        return options(Product.bundles(ConfigurationIT.class));
    }

    @Test
    public void aGoodValueIsAppliedWithoutARestart() throws Exception {
        var log = new LogLines(configurations);
        ServiceReference<QueueProvider> before = context.getServiceReference(QueueProvider.class);
        update("symphony.queue", Map.of("memory.bytes", 8L << 20));
        await().atMost(DEADLINE).until(() -> budget.limit() == 8L << 20);
        assertSame(before, context.getServiceReference(QueueProvider.class));
        log.with("INFO symphony.queue: configuration is now", "memory.bytes=8388608");
    }

    @Test
    public void aBadValueOfEachPartLeavesEverythingRunning() throws Exception {
        var log = new LogLines(configurations);
        List<ServiceReference<?>> before = services();
        update("symphony.queue", Map.of("memory.bytes", "-5"));
        update("symphony.dispatcher", Map.of("workers", "many"));
        update("symphony.codec", Map.of("payload.max.bytes", true));
        update("symphony.crypto", Map.of("provider", "Nobody's"));
        update("symphony.scheduler", Map.of("schedules.max", 1e30));
        assertReported(log, "symphony.queue: memory.bytes is -5, must be 0 or 1048576 to ");
        assertReported(log, "symphony.dispatcher: workers is many, must be a whole number, 0 to 1024");
        assertReported(log, "symphony.codec: payload.max.bytes is true, must be a whole number, 1024 to 67108864");
        assertReported(log, "symphony.crypto: provider is Nobody's, must be the name of an installed JCA provider");
        assertReported(log, "symphony.scheduler: schedules.max is 1.0E30, must be a whole number, 1 to 10000000");
        assertEquals(before, services());
        // Not before they are reported: of two changes that come soon after each other only the last may be seen.
        long limit = budget.limit();
        update("symphony.queue", Map.of("memory.bytes", 16L << 20));
        await().atMost(DEADLINE).until(() -> budget.limit() == 16L << 20);
        Set<Long> numbers = ConcurrentHashMap.newKeySet();
        try (var subscription =
                events.subscribe("it/config", d -> numbers.add((Long) d.data().get("n")))) {
            assertEquals(
                    1,
                    events.publish(Event.on("it/config").with("n", limit).build())
                            .orThrow()
                            .accepted());
            await().atMost(DEADLINE).until(() -> numbers.contains(limit));
            assertEquals("it/config", subscription.topics().get(0).toString());
        }
    }

    /** Once, with PID, key, value and range. */
    private static void assertReported(LogLines log, String what) {
        String pid = what.substring(0, what.indexOf(':'));
        assertEquals(
                1,
                log.with("WARN " + what, "; keeping all as it was; set it in PID " + pid)
                        .size());
    }

    private List<ServiceReference<?>> services() {
        return List.of(
                context.getServiceReference(QueueProvider.class),
                context.getServiceReference(EventCodec.class),
                context.getServiceReference(EventSystem.class),
                context.getServiceReference("symphony.api.crypto.EventSealer"),
                context.getServiceReference("symphony.api.dispatcher.EventDispatcher"),
                context.getServiceReference("symphony.api.scheduler.Timer"),
                context.getServiceReference("symphony.api.scheduler.EventScheduler"));
    }

    private void update(String pid, Map<String, Object> values) throws IOException {
        configurations.getConfiguration(pid, "?").update(new Hashtable<>(values));
    }
}
