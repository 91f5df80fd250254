package symphony.rbac.weaver;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.osgi.framework.startlevel.FrameworkStartLevel;
import org.osgi.framework.wiring.BundleWire;
import org.osgi.framework.wiring.BundleWiring;
import org.osgi.framework.wiring.FrameworkWiring;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.rbac.RequiresPermission;

/**
 * Those that are wired to this bundle as it starts. If nobody wove their classes until now, they may have loaded some: they are
 * stopped at once, resolved anew, and started again. If somebody did, there may be some that could not be started for want of
 * this bundle: those are started.
 */
final class EarlierBundles {
    private static final Logger log = LoggerFactory.getLogger(EarlierBundles.class);

    private final Bundle framework;
    private final Set<Bundle> all;

    /** Those that run, and are to run again. */
    private final Set<Bundle> running;

    private EarlierBundles(Bundle framework, Set<Bundle> all) {
        this.framework = framework;
        this.all = all;
        this.running = all.stream()
                .filter(bundle -> (bundle.getState() & (Bundle.STARTING | Bundle.ACTIVE)) != 0)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static Stream<Bundle> wired(BundleWiring own) {
        return own.getProvidedWires(RequiresPermission.NAMESPACE).stream()
                .map(BundleWire::getRequirerWiring)
                .map(BundleWiring::getBundle);
    }

    /** Whose classes may be unguarded. When this returns none of them runs that could be stopped. */
    static EarlierBundles unguarded(Bundle framework, BundleWiring own) {
        var earlier = new EarlierBundles(framework, wired(own).collect(Collectors.toCollection(LinkedHashSet::new)));
        earlier.stop();
        return earlier;
    }

    /** Whose classes are guarded, but that do not run and should. */
    static EarlierBundles stopped(Bundle framework, BundleWiring own) {
        return new EarlierBundles(
                framework,
                wired(own)
                        .filter(bundle -> (bundle.getState() & (Bundle.INSTALLED | Bundle.RESOLVED)) != 0)
                        .filter(bundle -> bundle.adapt(BundleStartLevel.class).isPersistentlyStarted())
                        .collect(Collectors.toCollection(LinkedHashSet::new)));
    }

    private void stop() {
        if (!running.isEmpty()) {
            log.warn(
                    "these bundles ran before their classes could be guarded, and are stopped, resolved anew and started"
                            + " again: {}; give symphony.rbac.weaver a lower start level than theirs",
                    names(running));
        } else if (!all.isEmpty()) {
            log.info(
                    "these bundles were resolved before their classes could be guarded, and are resolved anew, in case that"
                            + " some were loaded: {}",
                    names(all));
        }
        running.forEach(EarlierBundles::stop);
    }

    /** Begins to, and starts them afterwards. Called when this bundle is started, so that nobody objects to them. */
    void resolveAnew() {
        if (!all.isEmpty()) {
            framework.adapt(FrameworkWiring.class).refreshBundles(all, this::refreshed);
        }
    }

    private static String names(Set<Bundle> bundles) {
        return bundles.stream()
                .map(bundle -> bundle.getSymbolicName() + ' ' + bundle.getVersion())
                .collect(Collectors.joining(", "));
    }

    private static void stop(Bundle bundle) {
        try {
            bundle.stop(Bundle.STOP_TRANSIENT);
        } catch (BundleException e) {
            log.warn("{} could not be stopped before it is resolved anew, and runs unguarded until then", bundle, e);
        } catch (IllegalStateException e) {
            log.debug("{} was uninstalled meanwhile", bundle, e);
        }
    }

    private void refreshed(FrameworkEvent event) {
        if (event.getType() == FrameworkEvent.PACKAGES_REFRESHED) {
            all.stream().filter(this::isToRun).forEach(EarlierBundles::start);
        }
    }

    /** Also one that somebody has stopped since it could not be guarded. */
    private boolean isToRun(Bundle bundle) {
        if ((bundle.getState() & (Bundle.INSTALLED | Bundle.RESOLVED)) == 0) {
            return false;
        }
        BundleStartLevel level = bundle.adapt(BundleStartLevel.class);
        return (running.contains(bundle) || level.isPersistentlyStarted())
                && level.getStartLevel()
                        <= framework.adapt(FrameworkStartLevel.class).getStartLevel();
    }

    private static void start(Bundle bundle) {
        boolean lazily = bundle.adapt(BundleStartLevel.class).isActivationPolicyUsed();
        try {
            bundle.start(Bundle.START_TRANSIENT | (lazily ? Bundle.START_ACTIVATION_POLICY : 0));
        } catch (BundleException e) {
            log.error("{} could not be started again after it was resolved anew; start it", bundle, e);
        } catch (IllegalStateException e) {
            log.debug("{} was uninstalled meanwhile", bundle, e);
        }
    }
}
