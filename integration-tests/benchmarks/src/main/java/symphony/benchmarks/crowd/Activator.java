package symphony.benchmarks.crowd;

import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** Begins once the product is ready. */
public final class Activator implements BundleActivator {
    @Override
    public void start(BundleContext context) {
        new Thread(() -> Crowd.run(context), "crowd").start();
    }

    @Override
    public void stop(BundleContext context) {
        // the process ends, and all services with it
    }
}
