package symphony.benchmarks.product;

import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import symphony.api.event.EventSystem;
import symphony.benchmarks.load.Load;

/** Begins once publishing makes sense. */
public final class Activator implements BundleActivator {
    @Override
    public void start(BundleContext context) {
        new Thread(
                        () -> Load.run(() -> {
                            Started.await(context); // the start of the shell is not to be measured
                            return new SymphonyBus(context, Started.service(context, EventSystem.class));
                        }),
                        "load")
                .start();
    }

    @Override
    public void stop(BundleContext context) {
        // the process ends, and all services with it
    }
}
