package symphony.it.handler;

import java.time.Duration;
import java.util.Hashtable;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import symphony.api.event.Delivery;
import symphony.api.event.Event;
import symphony.api.event.EventHandler;
import symphony.api.event.EventSystem;
import symphony.api.event.Receipt;

/** Publishes more than it handles at once, and goes on publishing something else until that is refused; tells all it does. */
public final class Backlog implements BundleActivator, EventHandler {
    /** System property: how many events its start publishes. */
    public static final String EVENTS = "backlog.events";

    /** System property: how long each of them takes, in milliseconds; 10 by default. */
    public static final String WORK = "backlog.work";

    private static final long MOST_MILLIS = 30_000;

    private final long workNanos = TimeUnit.MILLISECONDS.toNanos(Integer.getInteger(WORK, 10));
    private final AtomicInteger handled = new AtomicInteger();
    private Thread publisher;

    @Override
    public void start(BundleContext context) {
        var topics = new Hashtable<String, Object>(Map.of("symphony.topics", "backlog/work"));
        context.registerService(EventHandler.class, this, topics);
        EventSystem events = context.getService(context.getServiceReference(EventSystem.class));
        int accepted = 0;
        for (int i = 0; i < Integer.getInteger(EVENTS); i++) {
            accepted += events.publish("backlog/work", Map.of("number", i)).accepted();
        }
        events.schedule(Event.on("backlog/work").build(), Duration.ofHours(1));
        publisher = new Thread(() -> publishUntilRefused(events), "backlog");
        publisher.start();
        System.out.println("accepted " + accepted);
    }

    private void publishUntilRefused(EventSystem events) {
        Receipt receipt;
        do {
            LockSupport.parkNanos(workNanos);
            receipt = events.publish("backlog/other", Map.of());
        } while (receipt.refusals().isEmpty());
        System.out.println("refused " + receipt.refusals());
    }

    @Override
    public void handle(Delivery delivery) {
        LockSupport.parkNanos(workNanos);
        System.out.println("handled " + handled.incrementAndGet());
    }

    @Override
    public void stop(BundleContext context) throws InterruptedException {
        publisher.join(MOST_MILLIS); // it is refused by now, and has to say so before the process ends
        System.out.println("stopped after " + handled.get());
    }
}
