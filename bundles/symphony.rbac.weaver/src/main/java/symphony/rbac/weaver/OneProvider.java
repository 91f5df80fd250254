package symphony.rbac.weaver;

import java.util.Collection;
import java.util.Optional;
import org.osgi.framework.Bundle;
import org.osgi.framework.hooks.resolver.ResolverHook;
import org.osgi.framework.hooks.resolver.ResolverHookFactory;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRequirement;
import org.osgi.framework.wiring.BundleRevision;
import symphony.api.rbac.RequiresPermission;

/**
 * Keeps bundles that require this one from being wired to another one that says it was this: they would be resolved and not
 * guarded. Thread-safe.
 */
final class OneProvider implements ResolverHookFactory, ResolverHook {
    private final String symbolicName;

    OneProvider(Bundle own) {
        this.symbolicName = own.getSymbolicName();
    }

    /** The name of another bundle that says so, if it does. */
    Optional<String> pretender(Bundle bundle) {
        BundleRevision revision = bundle.adapt(BundleRevision.class);
        boolean pretends = revision != null
                && revision.getDeclaredCapabilities(RequiresPermission.NAMESPACE).stream()
                        .anyMatch(this::isForeign);
        return pretends ? Optional.of(bundle.getSymbolicName() + ' ' + bundle.getVersion()) : Optional.empty();
    }

    private boolean isForeign(BundleCapability capability) {
        return RequiresPermission.EXTENDER.equals(capability.getAttributes().get(RequiresPermission.NAMESPACE))
                && !symbolicName.equals(capability.getRevision().getSymbolicName());
    }

    @Override
    public ResolverHook begin(Collection<BundleRevision> triggers) {
        return this;
    }

    @Override
    public void filterMatches(BundleRequirement requirement, Collection<BundleCapability> candidates) {
        if (RequiresPermission.NAMESPACE.equals(requirement.getNamespace())) {
            candidates.removeIf(this::isForeign);
        }
    }

    @Override
    public void filterResolvable(Collection<BundleRevision> candidates) {
        // each may be resolved
    }

    @Override
    public void filterSingletonCollisions(BundleCapability singleton, Collection<BundleCapability> collisions) {
        // as ever
    }

    @Override
    public void end() {
        // it has nothing to give back
    }
}
