package symphony.it.guarded;

import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** Of the bundle that has the contracts. */
public final class GuardedContractActivator implements BundleActivator {
    @Override
    public void start(BundleContext context) {
        // classes only
    }

    @Override
    public void stop(BundleContext context) {
        // classes only
    }
}
