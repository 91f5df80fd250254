package symphony.rbac.weaver;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.framework.Constants;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.wiring.BundleRequirement;
import org.osgi.framework.wiring.BundleWire;
import org.osgi.framework.wiring.BundleWiring;
import symphony.api.rbac.RequiresPermission;

/** Which bundles' classes may demand permissions. Thread-safe. */
final class Scope {
    /*
     * A bundle that uses the annotations requires this one, which bnd sees to, or at least imports their package. A class that
     * inherits what is demanded is wired to such a bundle, directly or by others. All others are not looked at: where nobody
     * demands anything, loading a class costs one look into a map.
     *
     * Wires come with bundles that are resolved, whereupon answers are forgotten; and by dynamic imports at any time, so what
     * has some, or reaches somebody who has, is looked at each time while the answer is no.
     */
    private static final String API = RequiresPermission.class.getPackageName();
    private static final String OURS = "symphony.";

    /** Replaced as a whole to be forgotten, so that nobody adds what he found out before. */
    private volatile Map<BundleWiring, Boolean> known = new ConcurrentHashMap<>();

    boolean contains(BundleWiring wiring) {
        Map<BundleWiring, Boolean> answers = known;
        Boolean before = answers.get(wiring);
        if (before != null) {
            return before;
        }
        if (!wiring.isInUse()) { // it has no wires that could tell
            return true;
        }
        var walk = new Walk();
        boolean found = walk.reachesDemands(wiring);
        if (found || !walk.open) {
            answers.put(wiring, found);
        }
        return found;
    }

    /** Bundles were resolved or went. */
    void forget() {
        known = new ConcurrentHashMap<>();
    }

    private static final class Walk {
        private final Set<BundleWiring> visited = new HashSet<>();
        private final Deque<BundleWiring> next = new ArrayDeque<>();

        /** Whether it came by somebody who may get another wire at any time. */
        private boolean open;

        boolean reachesDemands(BundleWiring start) {
            next.add(start);
            visited.add(start);
            while (!next.isEmpty()) {
                if (looksAtDemands(next.remove())) {
                    return true;
                }
            }
            return false;
        }

        private boolean looksAtDemands(BundleWiring wiring) {
            open |= hasDynamicImports(wiring);
            for (BundleWire wire : WiringTypes.wires(wiring, null)) {
                if (demands(wiring, wire)) {
                    return true;
                }
                BundleWiring provider = wire.getProviderWiring();
                if (provider != null && visited.add(provider)) {
                    next.add(provider);
                }
            }
            return false;
        }
    }

    private static boolean demands(BundleWiring wiring, BundleWire wire) {
        Map<String, Object> provided = wire.getCapability().getAttributes();
        String namespace = wire.getCapability().getNamespace();
        if (namespace.equals(RequiresPermission.NAMESPACE)) {
            return RequiresPermission.EXTENDER.equals(provided.get(RequiresPermission.NAMESPACE));
        }
        return namespace.equals(PackageNamespace.PACKAGE_NAMESPACE)
                && API.equals(provided.get(PackageNamespace.PACKAGE_NAMESPACE))
                && !isOurs(wiring);
    }

    /** Those import the package to ask for permissions. They demand none by annotations, or require this bundle. */
    private static boolean isOurs(BundleWiring wiring) {
        String name = wiring.getBundle().getSymbolicName();
        return name != null && name.startsWith(OURS);
    }

    private static boolean hasDynamicImports(BundleWiring wiring) {
        var requirements = wiring.getRequirements(PackageNamespace.PACKAGE_NAMESPACE);
        return requirements != null && requirements.stream().anyMatch(Scope::isDynamic);
    }

    private static boolean isDynamic(BundleRequirement requirement) {
        return PackageNamespace.RESOLUTION_DYNAMIC.equals(
                requirement.getDirectives().get(Constants.RESOLUTION_DIRECTIVE));
    }
}
