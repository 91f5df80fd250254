package symphony.api.rbac;

import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.osgi.framework.Bundle;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.framework.wiring.BundleRevisions;
import org.osgi.framework.wiring.BundleWire;
import org.osgi.framework.wiring.BundleWiring;

/** Which classes may make contexts: those of two bundles, and only as the framework itself has wired them to this one. */
final class Issuers {
    /*
     * What bundle a class is of must not be asked of its class loader, as FrameworkUtil does: anybody can write a loader that
     * says it was of ours. The framework is asked instead, which knows all that are wired to this package, and their loaders.
     */
    private static final Set<String> BUNDLES = Set.of("symphony.dispatcher", "symphony.rbac.weaver");

    private Issuers() {}

    /** Whether a class may make contexts. */
    static boolean contain(Class<?> type) {
        Bundle own = FrameworkUtil.getBundle(Issuers.class);
        return own == null
                ? type.getClassLoader() == Issuers.class.getClassLoader() // no framework, and all is one program
                : contain(type.getClassLoader(), own(own));
    }

    /** Those that classes of this package are of; not that of an update that was not resolved anew yet. */
    private static List<BundleWiring> own(Bundle bundle) {
        return bundle.adapt(BundleRevisions.class).getRevisions().stream()
                .map(BundleRevision::getWiring)
                .filter(Objects::nonNull)
                .filter(wiring -> wiring.getClassLoader() == Issuers.class.getClassLoader())
                .toList();
    }

    /** Whether one of the bundles has a loader and is wired to these. */
    static boolean contain(ClassLoader loader, Collection<BundleWiring> own) {
        return loader != null
                && own.stream()
                        .map(wiring -> wiring.getProvidedWires(PackageNamespace.PACKAGE_NAMESPACE))
                        .filter(Objects::nonNull) // no longer in use
                        .flatMap(List::stream)
                        .map(BundleWire::getRequirerWiring)
                        .filter(Objects::nonNull)
                        .anyMatch(wiring -> wiring.getClassLoader() == loader && isOne(wiring.getBundle()));
    }

    private static boolean isOne(Bundle bundle) {
        String name = bundle.getSymbolicName();
        return name != null && BUNDLES.contains(name);
    }
}
