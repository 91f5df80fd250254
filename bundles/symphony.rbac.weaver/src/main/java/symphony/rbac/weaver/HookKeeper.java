package symphony.rbac.weaver;

import java.util.Hashtable;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.FrameworkListener;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.framework.hooks.weaving.WeavingHook;
import org.osgi.framework.wiring.BundleWire;
import org.osgi.framework.wiring.BundleWiring;
import org.osgi.framework.wiring.FrameworkWiring;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.rbac.RequiresPermission;

/** Keeps the hook registered for as long as anybody is wired to this bundle. Thread-safe. */
final class HookKeeper implements SynchronousBundleListener, FrameworkListener {
    /*
     * Bundles that demand permissions are wired to this one, and stay so while it is stopped, and after it was updated, until
     * they are refreshed. Classes of theirs that are loaded meanwhile must not be without their checks, which then refuse. So the
     * hook is registered in the name of the framework, and stays when this bundle is stopped. It leaves when the wiring of
     * this bundle that it belongs to is no longer in use: nobody is wired to that any more.
     */
    private static final Logger log = LoggerFactory.getLogger(HookKeeper.class);

    /** Of this wiring: made by the first start of the bundle, and used by all others. */
    private static final AtomicReference<HookKeeper> CURRENT = new AtomicReference<>();

    private final BundleContext framework;
    private final BundleWiring own;
    private final Weaving weaving;

    /** Null until it is registered. */
    private volatile ServiceRegistration<WeavingHook> registration;

    private HookKeeper(BundleContext framework, BundleWiring own) {
        this.framework = framework;
        this.own = own;
        this.weaving = new Weaving(own);
    }

    /**
     * Has the hook registered, if it is not, and those resolved anew that were wired to this bundle before: they may have loaded
     * classes. That goes on after this returned. Called at a start of the bundle, of which there is one at a time.
     *
     * @return names and versions of those; none if the hook was there
     */
    static Set<String> ensure(BundleContext context) {
        HookKeeper before = CURRENT.get();
        if (before != null && before.isHere()) {
            return Set.of();
        }
        var keeper = new HookKeeper(
                context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION).getBundleContext(),
                context.getBundle().adapt(BundleWiring.class));
        CURRENT.set(keeper);
        keeper.register();
        return keeper.refreshEarlier();
    }

    private boolean isHere() {
        try {
            return registration != null && registration.getReference() != null;
        } catch (IllegalStateException e) { // it went with the framework, which was started again
            return false;
        }
    }

    private void register() {
        weaving.warmUp();
        framework.addBundleListener(this); // before answers are kept, which it has forgotten
        framework.addFrameworkListener(this);
        // Last of all hooks, so that it sees what others have made of a class.
        registration = framework.registerService(
                WeavingHook.class,
                new GuardHook(weaving),
                new Hashtable<>(Map.of(Constants.SERVICE_RANKING, Integer.MIN_VALUE)));
    }

    private Set<String> refreshEarlier() {
        Set<Bundle> earlier = new LinkedHashSet<>();
        for (BundleWire wire : own.getProvidedWires(RequiresPermission.NAMESPACE)) {
            earlier.add(wire.getRequirerWiring().getBundle());
        }
        if (!earlier.isEmpty()) {
            framework
                    .getBundle(Constants.SYSTEM_BUNDLE_ID)
                    .adapt(FrameworkWiring.class)
                    .refreshBundles(earlier);
        }
        Set<String> names = new LinkedHashSet<>();
        earlier.forEach(bundle -> names.add(bundle.getSymbolicName() + ' ' + bundle.getVersion()));
        return names;
    }

    @Override
    public void bundleChanged(BundleEvent event) {
        switch (event.getType()) {
            case BundleEvent.RESOLVED -> weaving.forget();
            case BundleEvent.UNRESOLVED, BundleEvent.UNINSTALLED -> {
                weaving.forget();
                leaveIfUnused();
            }
            default -> {
                // what it is wired to stays
            }
        }
    }

    @Override
    public void frameworkEvent(FrameworkEvent event) {
        if (event.getType() == FrameworkEvent.PACKAGES_REFRESHED) {
            leaveIfUnused();
        }
    }

    private void leaveIfUnused() {
        ServiceRegistration<WeavingHook> mine = registration;
        if (mine == null || own.isInUse()) {
            return;
        }
        framework.removeBundleListener(this);
        framework.removeFrameworkListener(this);
        try {
            mine.unregister();
        } catch (IllegalStateException e) {
            log.debug("the hook has left already", e);
        }
    }
}
