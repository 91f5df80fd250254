package symphony.rbac.weaver;

import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.FrameworkListener;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.framework.hooks.resolver.ResolverHookFactory;
import org.osgi.framework.hooks.weaving.WeavingHook;
import org.osgi.framework.hooks.weaving.WovenClassListener;
import org.osgi.framework.wiring.BundleWiring;
import org.osgi.framework.wiring.FrameworkWiring;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.rbac.SecurityContext;
import symphony.api.rbac.weaving.PermissionChecks;

/** Keeps the hook registered for as long as anybody may need it. Thread-safe. */
final class HookKeeper implements SynchronousBundleListener, FrameworkListener {
    /*
     * Bundles that demand permissions are wired to this one, and stay so while it is stopped, and after it was updated. When it is
     * resolved anew so are they, and the framework may start them first. Classes of theirs that are loaded meanwhile must not be
     * without their checks, which then refuse. So the hook is registered in the name of the framework, stays when this bundle is
     * stopped, and goes on when its own wiring is gone, until a successor has come: by what it has loaded, and where that is not
     * enough, it refuses classes. It leaves at once when the bundle is uninstalled and nobody is wired to it any more, or when
     * those are gone who answer its checks.
     */
    private static final Logger log = LoggerFactory.getLogger(HookKeeper.class);

    /** Of this wiring: made by the first start of the bundle, and used by all others. */
    private static final AtomicReference<HookKeeper> CURRENT = new AtomicReference<>();

    private final BundleContext framework;
    private final Bundle bundle;
    private final BundleWiring own;
    private final Weaving weaving;
    private final OneProvider provider;

    /** Null until all is registered, and so are the others. */
    private volatile List<ServiceRegistration<?>> registrations;

    private volatile PermissionChecks.Weaving turn;
    private volatile EarlierBundles earlier;

    private HookKeeper(BundleContext framework, Bundle bundle) {
        this.framework = framework;
        this.bundle = bundle;
        this.own = bundle.adapt(BundleWiring.class);
        this.weaving = new Weaving(own, framework.getBundle().adapt(FrameworkWiring.class));
        this.provider = new OneProvider(bundle);
    }

    /**
     * Has the hook registered, if it is not, and those stopped that were wired to this bundle before anybody had one. They are
     * resolved anew once it has started. Called at a start of the bundle, of which there is one at a time.
     */
    static void ensure(BundleContext context, SecurityContext.Issuer issuer) {
        HookKeeper before = CURRENT.get();
        if (before != null && before.isHere()) {
            return;
        }
        var keeper = new HookKeeper(
                context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION).getBundleContext(), context.getBundle());
        CURRENT.set(keeper);
        keeper.register(issuer);
    }

    private boolean isHere() {
        List<ServiceRegistration<?>> mine = registrations;
        try {
            return mine != null && mine.stream().allMatch(registration -> registration.getReference() != null);
        } catch (IllegalStateException e) { // it went with the framework, which was started again
            return false;
        }
    }

    private void register(SecurityContext.Issuer issuer) {
        weaving.warmUp();
        framework.addBundleListener(this); // before answers are kept, which it has forgotten
        framework.addFrameworkListener(this);
        // Last of all hooks, so that it sees what others have made of a class.
        var last = new Hashtable<String, Object>(Map.of(Constants.SERVICE_RANKING, Integer.MIN_VALUE));
        registrations = List.of(
                framework.registerService(ResolverHookFactory.class, provider, null),
                framework.registerService(WovenClassListener.class, weaving, null),
                framework.registerService(WeavingHook.class, new GuardHook(weaving), last));
        turn = PermissionChecks.weave(issuer);
        Stream.of(framework.getBundles()).forEach(this::tellOfPretender);
        earlier = turn.isFirst()
                ? EarlierBundles.unguarded(framework.getBundle(), own)
                : EarlierBundles.stopped(framework.getBundle(), own);
    }

    private void tellOfPretender(Bundle other) {
        provider.pretender(other)
                .ifPresent(name -> log.error(
                        "{} says that it guards methods, which it does not; bundles that demand permissions are not wired to"
                                + " it: uninstall it, and refresh those that are already",
                        name));
    }

    /** Null for all but the first who wants them. */
    private synchronized List<ServiceRegistration<?>> takeRegistrations() {
        List<ServiceRegistration<?>> mine = registrations;
        registrations = null;
        return mine;
    }

    @Override
    public void bundleChanged(BundleEvent event) {
        switch (event.getType()) {
            case BundleEvent.INSTALLED, BundleEvent.UPDATED -> tellOfPretender(event.getBundle());
            case BundleEvent.RESOLVED -> weaving.forget();
            case BundleEvent.STARTED -> started(event.getBundle());
            case BundleEvent.UNRESOLVED, BundleEvent.UNINSTALLED -> {
                weaving.forgetGone();
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
            weaving.forgetGone();
            leaveIfUnused();
        }
    }

    private void started(Bundle other) {
        EarlierBundles waiting = earlier;
        if (waiting != null && other.equals(bundle) && own.isInUse()) {
            earlier = null;
            waiting.resolveAnew();
        }
        leaveIfUnused(); // it may be a successor
    }

    private boolean isUnused() {
        return !own.isInUse() && (bundle.getState() == Bundle.UNINSTALLED || !weaving.isAnswered() || !turn.isLast());
    }

    private void leaveIfUnused() {
        List<ServiceRegistration<?>> mine = turn == null || !isUnused() ? null : takeRegistrations();
        if (mine == null) {
            return;
        }
        turn.close();
        framework.removeBundleListener(this);
        framework.removeFrameworkListener(this);
        for (ServiceRegistration<?> registration : mine) {
            try {
                registration.unregister();
            } catch (IllegalStateException e) {
                log.debug("it has left already", e);
            }
        }
    }
}
