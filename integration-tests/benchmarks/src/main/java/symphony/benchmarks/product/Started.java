package symphony.benchmarks.product;

import java.util.concurrent.TimeUnit;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.util.tracker.ServiceTracker;

/** Waits for the product. */
public final class Started {
    private static final String READY = "(osgi.condition.id=symphony.ready)";
    private static final long START_MILLIS = 60_000;

    private Started() {}

    /** Until it is started, the shell too, and publishing makes sense. */
    public static void await(BundleContext context) throws InterruptedException, InvalidSyntaxException {
        Bundle system = context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION);
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(START_MILLIS);
        while (system.getState() != Bundle.ACTIVE) { // the drop folder comes before the shell
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("the product is not started after " + START_MILLIS + " ms");
            }
            Thread.sleep(10);
        }
        var ready = new ServiceTracker<Object, Object>(context, context.createFilter(READY), null);
        ready.open();
        if (ready.waitForService(START_MILLIS) == null) {
            throw new IllegalStateException("there is no service " + READY + " after " + START_MILLIS + " ms");
        }
        ready.close();
    }

    /** A service of the product. */
    public static <T> T service(BundleContext context, Class<T> type) throws InterruptedException {
        var tracker = new ServiceTracker<T, T>(context, type, null);
        tracker.open(); // for good
        T service = tracker.waitForService(START_MILLIS);
        if (service == null) {
            throw new IllegalStateException("there is no service " + type.getName() + " after " + START_MILLIS + " ms");
        }
        return service;
    }
}
