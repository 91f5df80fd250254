package symphony.scheduler;

import java.util.function.ToIntFunction;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.Constants;
import org.osgi.framework.SynchronousBundleListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.component.Principal;

/**
 * Has cancelled what a bundle has scheduled when it has stopped, unless another version of it is active. When the container
 * stops it cancels nothing, so that what is left can be reported by owner.
 */
final class OwnerWatch implements SynchronousBundleListener {
    private static final Logger log = LoggerFactory.getLogger(OwnerWatch.class);

    /** Of the framework itself: it is told that the container stops, and stays valid until then. */
    private final BundleContext framework;

    private final ToIntFunction<String> ownerLeft;
    private final Runnable containerStops;

    OwnerWatch(BundleContext framework, ToIntFunction<String> ownerLeft, Runnable containerStops) {
        this.framework = framework;
        this.ownerLeft = ownerLeft;
        this.containerStops = containerStops;
    }

    @Override
    public void bundleChanged(BundleEvent event) {
        Bundle bundle = event.getBundle();
        if (event.getType() == BundleEvent.STOPPING && bundle.getBundleId() == Constants.SYSTEM_BUNDLE_ID) {
            containerStops.run();
        } else if (event.getType() == BundleEvent.STOPPED && !isStopping(framework)) {
            left(bundle);
        }
    }

    private void left(Bundle bundle) {
        String owner = Principal.of(bundle);
        if (!isActive(framework, owner, bundle)) {
            int cancelled = ownerLeft.applyAsInt(owner);
            if (cancelled > 0) {
                log.info(
                        "symphony.scheduler: {} has stopped, {} events it had scheduled are cancelled",
                        owner,
                        cancelled);
            }
        }
    }

    static boolean isStopping(BundleContext framework) {
        return framework.getBundle().getState() == Bundle.STOPPING;
    }

    /** Whether there is an active bundle of this name, apart from one. */
    static boolean isActive(BundleContext framework, String owner, Bundle apartFrom) {
        for (Bundle bundle : framework.getBundles()) {
            boolean active = (bundle.getState() & (Bundle.ACTIVE | Bundle.STARTING)) != 0;
            if (active && !bundle.equals(apartFrom) && owner.equals(Principal.of(bundle))) {
                return true;
            }
        }
        return false;
    }
}
