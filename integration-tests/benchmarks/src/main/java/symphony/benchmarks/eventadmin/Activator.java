package symphony.benchmarks.eventadmin;

import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.service.event.EventAdmin;
import org.osgi.util.tracker.ServiceTracker;
import symphony.benchmarks.load.Load;

/** Begins once the service is there. */
public final class Activator implements BundleActivator {
    private static final long START_MILLIS = 60_000;

    @Override
    public void start(BundleContext context) {
        var admin = new ServiceTracker<EventAdmin, EventAdmin>(context, EventAdmin.class, null);
        admin.open();
        new Thread(() -> Load.run(() -> new EventAdminBus(context, admin.waitForService(START_MILLIS))), "load")
                .start();
    }

    @Override
    public void stop(BundleContext context) {
        // the process ends, and all services with it
    }
}
