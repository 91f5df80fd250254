package symphony.rbac.weaver;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.osgi.framework.Constants;
import org.osgi.framework.namespace.BundleNamespace;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleWire;
import org.osgi.framework.wiring.BundleWiring;

/** Types as a bundle's classes see them, by its wires. Thread-safe. */
final class WiringTypes implements Types {
    private final BundleWiring wiring;
    private final Summaries summaries;

    WiringTypes(BundleWiring wiring, Summaries summaries) {
        this.wiring = wiring;
        this.summaries = summaries;
    }

    @Override
    public Optional<KnownType> find(String name) {
        String packageName = packageOf(name);
        Optional<KnownType> found = in(provider(packageName), name);
        return found.isPresent() ? found : elsewhere(packageName, name);
    }

    /** By boot delegation, or by a dynamic import, for which looking for it makes the wire. */
    @Override
    public Optional<KnownType> findWired(String name) {
        return in(provider(packageOf(name)), name);
    }

    private static String packageOf(String name) {
        return name.substring(0, Math.max(0, name.lastIndexOf('/'))).replace('/', '.');
    }

    private Optional<KnownType> elsewhere(String packageName, String name) {
        if (LoaderTypes.bytes(wiring.getClassLoader(), name).isEmpty()) {
            return Optional.empty();
        }
        Optional<KnownType> found = in(provider(packageName), name);
        return found.isPresent() ? found : new LoaderTypes(wiring.getClassLoader()).find(name);
    }

    private Optional<KnownType> in(BundleWiring provider, String name) {
        if (isFramework(provider)) {
            return PlatformMethods.isThere(name)
                    ? Optional.of(KnownType.ofPlatform(name))
                    : summaries
                            .get(provider, name, () -> LoaderTypes.bytes(frameworkLoader(), name))
                            .map(summary -> new KnownType(summary, new LoaderTypes(frameworkLoader())));
        }
        return summaries
                .get(provider, name, () -> LoaderTypes.bytes(provider.getClassLoader(), name))
                .map(summary ->
                        new KnownType(summary, provider == wiring ? this : new WiringTypes(provider, summaries)));
    }

    static boolean isFramework(BundleWiring provider) {
        return provider.getBundle().getBundleId() == Constants.SYSTEM_BUNDLE_ID;
    }

    private static ClassLoader frameworkLoader() {
        ClassLoader loader = BundleWiring.class.getClassLoader();
        return loader == null ? ClassLoader.getSystemClassLoader() : loader;
    }

    /**
     * Who has a package, as the class loader decides: an import first, then required bundles, then the bundle itself.
     *
     * @param packageName with dots
     * @return whose classes it are; the bundle itself also if nobody has it
     */
    BundleWiring provider(String packageName) {
        for (BundleWire wire : wires(wiring, PackageNamespace.PACKAGE_NAMESPACE)) {
            if (isOf(wire.getCapability(), packageName)) {
                return wire.getProviderWiring();
            }
        }
        return required(wiring, packageName, true, new HashSet<>()).orElse(wiring);
    }

    private static Optional<BundleWiring> required(
            BundleWiring from, String packageName, boolean direct, Set<BundleWiring> visited) {
        for (BundleWire wire : wires(from, BundleNamespace.BUNDLE_NAMESPACE)) {
            String visibility = wire.getRequirement().getDirectives().get(Constants.VISIBILITY_DIRECTIVE);
            BundleWiring provider = wire.getProviderWiring();
            if ((direct || Constants.VISIBILITY_REEXPORT.equals(visibility)) && visited.add(provider)) {
                if (exports(provider, packageName)) {
                    return Optional.of(provider);
                }
                Optional<BundleWiring> further = required(provider, packageName, false, visited);
                if (further.isPresent()) {
                    return further;
                }
            }
        }
        return Optional.empty();
    }

    /** Whether a bundle exports a package; not if it is no longer in use. */
    static boolean exports(BundleWiring wiring, String packageName) {
        List<BundleCapability> capabilities = wiring.getCapabilities(PackageNamespace.PACKAGE_NAMESPACE);
        return capabilities != null && capabilities.stream().anyMatch(capability -> isOf(capability, packageName));
    }

    private static boolean isOf(BundleCapability capability, String packageName) {
        return packageName.equals(capability.getAttributes().get(PackageNamespace.PACKAGE_NAMESPACE));
    }

    /** None of a wiring that is no longer in use. */
    static List<BundleWire> wires(BundleWiring wiring, String namespace) {
        List<BundleWire> wires = wiring.getRequiredWires(namespace);
        return wires == null ? List.of() : wires;
    }
}
