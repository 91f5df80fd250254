package symphony.benchmarks.typedevent;

import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.service.typedevent.TypedEventBus;
import org.osgi.util.tracker.ServiceTracker;
import symphony.benchmarks.load.Load;

/** Begins once the service is there. */
public final class Activator implements BundleActivator {
    private static final long START_MILLIS = 60_000;

    @Override
    public void start(BundleContext context) {
        var bus = new ServiceTracker<TypedEventBus, TypedEventBus>(context, TypedEventBus.class, null);
        bus.open();
        new Thread(() -> Load.run(() -> new UntypedBus(context, bus.waitForService(START_MILLIS))), "load").start();
    }

    @Override
    public void stop(BundleContext context) {
        // the process ends, and all services with it
    }
}
