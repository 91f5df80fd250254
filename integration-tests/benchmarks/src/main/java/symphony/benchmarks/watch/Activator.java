package symphony.benchmarks.watch;

import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.util.tracker.ServiceTracker;

/** Writes a line once the product is ready. Started before all that the product consists of but its log. */
public final class Activator implements BundleActivator {
    /** The line. */
    public static final String READY = "bench: ready";

    private static final String CONDITION = "(osgi.condition.id=symphony.ready)";

    @Override
    public void start(BundleContext context) throws Exception {
        new ServiceTracker<Object, Object>(context, context.createFilter(CONDITION), null) {
            @Override
            public Object addingService(ServiceReference<Object> reference) {
                System.out.println(READY);
                return super.addingService(reference);
            }
        }.open();
    }

    @Override
    public void stop(BundleContext context) {
        // the process ends
    }
}
