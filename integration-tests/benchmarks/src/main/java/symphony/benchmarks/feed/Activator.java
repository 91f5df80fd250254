package symphony.benchmarks.feed;

import java.util.Map;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.util.tracker.ServiceTracker;
import symphony.api.event.EventSystem;

/** Publishes an order each {@value #INTERVAL_MILLIS} ms until somebody takes one, as if they came all the time. */
public final class Activator implements BundleActivator {
    /** Line at the first one. */
    public static final String FEEDING = "bench: feeding";

    /** Line at the first one that is accepted; then it ends. */
    public static final String ACCEPTED = "bench: accepted";

    /** Line that begins a failure; what follows says which. */
    public static final String FAILED = "bench: feeding failed: ";

    private static final int INTERVAL_MILLIS = 5;
    private static final long SERVICE_MILLIS = 60_000;

    @Override
    public void start(BundleContext context) {
        var events = new ServiceTracker<EventSystem, EventSystem>(context, EventSystem.class, null);
        events.open();
        var thread = new Thread(() -> run(events), "feed");
        thread.setDaemon(true);
        thread.start();
    }

    private static void run(ServiceTracker<?, EventSystem> events) {
        try {
            EventSystem system = events.waitForService(SERVICE_MILLIS);
            System.out.println(FEEDING);
            while (system.publish("orders/new", Map.of("customer", "ada", "amount", 12.5))
                            .accepted()
                    == 0) {
                Thread.sleep(INTERVAL_MILLIS);
            }
            System.out.println(ACCEPTED);
        } catch (InterruptedException | RuntimeException e) { // the process that waits must know
            System.out.println(FAILED + e);
        }
    }

    @Override
    public void stop(BundleContext context) {
        // the process ends
    }
}
