package symphony.rbac;

import java.util.List;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleException;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.framework.wiring.BundleWire;
import org.osgi.framework.wiring.BundleWiring;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.rbac.RequiresPermission;

/**
 * Looks for bundles that demand permissions of their callers and run while the bundle that guards them is not started: the
 * framework sees to it that it is there, and not that it is started. Where security is required they are stopped. Thread-safe.
 */
final class UnguardedBundles implements SynchronousBundleListener {
    private static final Logger log = LoggerFactory.getLogger(UnguardedBundles.class);
    private static final int RUNNING = Bundle.STARTING | Bundle.ACTIVE;

    private final boolean required;

    UnguardedBundles(boolean required) {
        this.required = required;
    }

    /** Looks at those that run already. */
    void look(Bundle... bundles) {
        Stream.of(bundles)
                .filter(bundle -> (bundle.getState() & RUNNING) != 0 && isUnguarded(bundle))
                .forEach(bundle -> {
                    tell(bundle);
                    stopIfRequired(bundle);
                });
    }

    @Override
    public void bundleChanged(BundleEvent event) {
        Bundle bundle = event.getBundle();
        switch (event.getType()) {
            case BundleEvent.STARTING -> {
                if (isUnguarded(bundle)) {
                    tell(bundle);
                }
            }
            case BundleEvent.STARTED -> { // no sooner can it be stopped
                if (isUnguarded(bundle)) {
                    stopIfRequired(bundle);
                }
            }
            default -> {
                // it does not run, or no longer
            }
        }
    }

    private static boolean isUnguarded(Bundle bundle) {
        BundleWiring wiring = bundle.adapt(BundleWiring.class);
        List<BundleWire> wires = wiring == null ? null : wiring.getRequiredWires(RequiresPermission.NAMESPACE);
        return wires != null
                && wires.stream()
                        .anyMatch(wire -> RequiresPermission.EXTENDER.equals(
                                        wire.getCapability().getAttributes().get(RequiresPermission.NAMESPACE))
                                && wire.getProvider().getBundle().getState() != Bundle.ACTIVE);
    }

    private static void tell(Bundle bundle) {
        log.error(
                "{} demands permissions of its callers and {} is not started: whatever they call is refused, or not guarded at"
                        + " all if that was not started since the framework was; start it, at a lower start level",
                bundle,
                RequiresPermission.EXTENDER);
    }

    private void stopIfRequired(Bundle bundle) {
        if (!required) {
            return;
        }
        try {
            bundle.stop(Bundle.STOP_TRANSIENT);
            log.error(
                    "{} is stopped, since security is required; it is started again after {} is",
                    bundle,
                    RequiresPermission.EXTENDER);
        } catch (BundleException | IllegalStateException e) {
            log.error("{} could not be stopped and may be unguarded; stop it", bundle, e);
        }
    }
}
