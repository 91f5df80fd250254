package symphony.rbac.weaver;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.framework.Constants;
import org.osgi.framework.namespace.BundleNamespace;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.wiring.BundleRequirement;
import org.osgi.framework.wiring.BundleWire;
import org.osgi.framework.wiring.BundleWiring;
import symphony.api.nlp.SecureOperation;
import symphony.api.rbac.RequiresPermission;

/** Of which bundles' classes the supertypes are looked at: those that may inherit demands. Thread-safe. */
final class Scope {
    /*
     * A class that names the annotations is woven whatever its bundle is wired to. This is about those that name none and
     * inherit what is demanded: they are of bundles that are wired, directly or by others, to one that uses the annotations. That
     * one requires this bundle, which bnd sees to, or imports a package of theirs, or requires the bundle that has it; or a class of it
     * that names them was seen already. Wires by dynamic imports come after the class that needs them was looked at, so a
     * bundle that has such imports, or is wired to one that has some, may inherit from anybody; and so may one that has packages
     * of the host's class path. Packages of OSGi's own specifications, which many import so, have no demands.
     */
    private static final String API = RequiresPermission.class.getPackageName();
    private static final String OPERATIONS = SecureOperation.class.getPackageName();
    private static final String OURS = "symphony.";
    private static final String OSGI = "org.osgi.";
    private static final String OF_OSGI = '(' + PackageNamespace.PACKAGE_NAMESPACE + '=' + OSGI;
    private static final Set<String> JDK = Set.copyOf(ModuleLayer.boot().modules().stream()
            .flatMap(module -> module.getPackages().stream())
            .toList());

    private final Set<BundleWiring> seen = ConcurrentHashMap.newKeySet();

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
        boolean found = reachesDemands(wiring);
        answers.put(wiring, found);
        return found;
    }

    /** A class of a bundle names the annotations. */
    void add(BundleWiring wiring) {
        if (seen.add(wiring)) {
            forget();
        }
    }

    /** Bundles were resolved or went. */
    void forget() {
        known = new ConcurrentHashMap<>();
    }

    /** Bundles went, whose loaders nobody may keep. */
    void forgetGone() {
        seen.removeIf(wiring -> !wiring.isInUse());
        forget();
    }

    private boolean reachesDemands(BundleWiring start) {
        Set<BundleWiring> visited = new HashSet<>();
        Deque<BundleWiring> next = new ArrayDeque<>();
        next.add(start);
        visited.add(start);
        while (!next.isEmpty()) {
            BundleWiring wiring = next.remove();
            if (seen.contains(wiring) || hasDynamicImports(wiring)) {
                return true;
            }
            for (BundleWire wire : WiringTypes.wires(wiring, null)) {
                if (leadsToDemands(wiring, wire)) {
                    return true;
                }
                BundleWiring provider = wire.getProviderWiring();
                if (provider != null && !WiringTypes.isFramework(provider) && visited.add(provider)) {
                    next.add(provider);
                }
            }
        }
        return false;
    }

    private static boolean leadsToDemands(BundleWiring wiring, BundleWire wire) {
        Map<String, Object> provided = wire.getCapability().getAttributes();
        String namespace = wire.getCapability().getNamespace();
        if (namespace.equals(RequiresPermission.NAMESPACE)) {
            return RequiresPermission.EXTENDER.equals(provided.get(RequiresPermission.NAMESPACE));
        }
        BundleWiring provider = wire.getProviderWiring();
        if (namespace.equals(BundleNamespace.BUNDLE_NAMESPACE)) {
            return provider != null && WiringTypes.exports(provider, API);
        }
        if (!namespace.equals(PackageNamespace.PACKAGE_NAMESPACE)) {
            return false;
        }
        String name = String.valueOf(provided.get(PackageNamespace.PACKAGE_NAMESPACE));
        return (API.equals(name) || OPERATIONS.equals(name)) && !isOurs(wiring)
                || provider != null && WiringTypes.isFramework(provider) && isOfTheHost(name);
    }

    /** Those import the packages to ask for permissions and to provide services; what they demand themselves their classes name. */
    private static boolean isOurs(BundleWiring wiring) {
        String name = wiring.getBundle().getSymbolicName();
        return name != null && name.startsWith(OURS);
    }

    private static boolean isOfTheHost(String packageName) {
        return !packageName.startsWith(OSGI) && !JDK.contains(packageName);
    }

    private static boolean hasDynamicImports(BundleWiring wiring) {
        var requirements = wiring.getRequirements(PackageNamespace.PACKAGE_NAMESPACE);
        return requirements != null && requirements.stream().anyMatch(Scope::isDynamicForOthers);
    }

    private static boolean isDynamicForOthers(BundleRequirement requirement) {
        String filter = requirement.getDirectives().get(Constants.FILTER_DIRECTIVE);
        return PackageNamespace.RESOLUTION_DYNAMIC.equals(
                        requirement.getDirectives().get(Constants.RESOLUTION_DIRECTIVE))
                && (filter == null || !filter.contains(OF_OSGI));
    }
}
