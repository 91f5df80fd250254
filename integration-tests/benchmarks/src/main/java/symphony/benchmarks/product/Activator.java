package symphony.benchmarks.product;

import java.util.concurrent.TimeUnit;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.util.tracker.ServiceTracker;
import symphony.api.event.EventSystem;
import symphony.benchmarks.load.Load;

/** Begins once publishing makes sense. */
public final class Activator implements BundleActivator {
    private static final String READY = "(osgi.condition.id=symphony.ready)";
    private static final long START_MILLIS = 60_000;

    @Override
    public void start(BundleContext context) throws Exception {
        var ready = new ServiceTracker<Object, Object>(context, context.createFilter(READY), null);
        var events = new ServiceTracker<EventSystem, EventSystem>(context, EventSystem.class, null);
        ready.open();
        events.open();
        new Thread(() -> run(context, ready, events), "load").start();
    }

    private static void run(BundleContext context, ServiceTracker<?, ?> ready, ServiceTracker<?, EventSystem> events) {
        Load.run(() -> {
            awaitStarted(context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION));
            if (ready.waitForService(START_MILLIS) == null) {
                throw new IllegalStateException("there is no service " + READY + " after " + START_MILLIS + " ms");
            }
            return new SymphonyBus(context, events.waitForService(START_MILLIS));
        });
    }

    /** The drop folder comes before the shell; the start of that is not to be measured. */
    private static void awaitStarted(Bundle system) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(START_MILLIS);
        while (system.getState() != Bundle.ACTIVE) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("the product is not started after " + START_MILLIS + " ms");
            }
            Thread.sleep(10);
        }
    }

    @Override
    public void stop(BundleContext context) {
        // the process ends, and all services with it
    }
}
