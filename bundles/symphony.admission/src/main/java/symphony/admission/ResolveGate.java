package symphony.admission;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.framework.hooks.resolver.ResolverHook;
import org.osgi.framework.hooks.resolver.ResolverHookFactory;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRequirement;
import org.osgi.framework.wiring.BundleRevision;

/**
 * Keeps bundles that may not run from being resolved, however they came: what is not resolved loads no class and is nobody's fragment.
 * They are judged as they are installed, outside of the framework's locks, and else as they are resolved. Thread-safe.
 */
final class ResolveGate implements ResolverHookFactory, SynchronousBundleListener {
    private final Gatekeeper gatekeeper;

    ResolveGate(Gatekeeper gatekeeper) {
        this.gatekeeper = gatekeeper;
    }

    @Override
    public void bundleChanged(BundleEvent event) {
        switch (event.getType()) {
            case BundleEvent.INSTALLED, BundleEvent.UPDATED -> gatekeeper.arrived(event.getBundle());
            case BundleEvent.UNINSTALLED -> gatekeeper.gone(event.getBundle());
            default -> {
                // nothing of it has changed
            }
        }
    }

    @Override
    public ResolverHook begin(Collection<BundleRevision> triggers) {
        return new Hook(Set.copyOf(triggers));
    }

    /** For one resolution, on one thread. */
    private final class Hook implements ResolverHook {
        private final Set<BundleRevision> triggers;
        private final Map<BundleRevision, Boolean> answers = new HashMap<>();

        Hook(Set<BundleRevision> triggers) {
            this.triggers = triggers;
        }

        /**
         * What is resolved already may go on, import dynamically and be a provider. It may be an earlier revision of a bundle, in use
         * until others are refreshed; the bundle is judged by its newest one, which may be refused.
         */
        private boolean mayRun(BundleRevision revision) {
            return revision.getWiring() != null
                    || answers.computeIfAbsent(revision, each -> gatekeeper.mayRun(each.getBundle()));
        }

        private boolean isRefused(BundleCapability capability) {
            return !mayRun(capability.getRevision());
        }

        /** Only those that are asked for: once any is missing here Felix takes all that is resolved for missing, too. */
        @Override
        public void filterResolvable(Collection<BundleRevision> candidates) {
            candidates.removeIf(revision -> triggers.contains(revision) && !mayRun(revision));
        }

        @Override
        public void filterSingletonCollisions(BundleCapability singleton, Collection<BundleCapability> collisions) {
            if (mayRun(singleton.getRevision())) {
                collisions.removeIf(this::isRefused);
            } else {
                collisions.clear();
            }
        }

        /** Felix lets fragments come along that were not resolvable; without a host they do not. */
        @Override
        public void filterMatches(BundleRequirement requirement, Collection<BundleCapability> candidates) {
            if (mayRun(requirement.getRevision())) {
                candidates.removeIf(this::isRefused);
            } else {
                candidates.clear();
            }
        }

        @Override
        public void end() {
            // nothing is kept
        }
    }
}
