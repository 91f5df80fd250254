package symphony.rbac.weaver;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.osgi.framework.Bundle;
import org.osgi.framework.Version;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRequirement;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.framework.wiring.BundleWire;
import org.osgi.framework.wiring.BundleWiring;

/** A bundle's wiring, as a framework shows it. One thread only. */
final class TestWiring {
    private static final ClassLoader LOADER = TestWiring.class.getClassLoader();
    private static final AtomicLong IDS = new AtomicLong(1);

    private final List<BundleWire> wires = new ArrayList<>();
    private final List<BundleCapability> capabilities = new ArrayList<>();
    private final List<BundleRequirement> requirements = new ArrayList<>();
    private ClassLoader loader = LOADER;
    private boolean inUse = true;

    final Bundle bundle;
    final BundleWiring wiring;

    TestWiring(String symbolicName) {
        this(symbolicName, IDS.getAndIncrement());
    }

    /** With 0 the framework's own. */
    TestWiring(String symbolicName, long id) {
        BundleRevision revision = proxy(
                BundleRevision.class,
                Map.of(
                        "getDeclaredCapabilities",
                        () -> capabilities,
                        "getSymbolicName",
                        () -> symbolicName,
                        "getBundle",
                        this::bundle));
        this.bundle = proxy(
                Bundle.class,
                Map.of(
                        "getBundleId",
                        () -> id,
                        "getSymbolicName",
                        () -> symbolicName,
                        "getVersion",
                        () -> Version.valueOf("1.2.3"),
                        "adapt",
                        () -> revision,
                        "toString",
                        () -> symbolicName));
        this.wiring = proxy(
                BundleWiring.class,
                Map.of(
                        "getBundle",
                        () -> bundle,
                        "isInUse",
                        () -> inUse,
                        "getRequiredWires",
                        () -> inUse ? wires : null,
                        "getCapabilities",
                        () -> inUse ? capabilities : null,
                        "getRequirements",
                        () -> inUse ? requirements : null,
                        "getClassLoader",
                        () -> inUse ? loader : null,
                        "getRevision",
                        () -> revision));
    }

    private Bundle bundle() {
        return bundle;
    }

    TestWiring loadingBy(ClassLoader classes) {
        loader = classes;
        return this;
    }

    TestWiring gone() {
        inUse = false;
        return this;
    }

    BundleCapability capability(String namespace, Object value) {
        return proxy(
                BundleCapability.class,
                Map.of(
                        "getNamespace",
                        () -> namespace,
                        "getAttributes",
                        () -> Map.of(namespace, value),
                        "getRevision",
                        () -> wiring.getRevision()));
    }

    TestWiring exporting(String packageName) {
        return providing(PackageNamespace.PACKAGE_NAMESPACE, packageName);
    }

    TestWiring providing(String namespace, String value) {
        capabilities.add(capability(namespace, value));
        return this;
    }

    TestWiring importing(String packageName, TestWiring from) {
        return wiredTo(from, PackageNamespace.PACKAGE_NAMESPACE, packageName);
    }

    TestWiring wiredTo(TestWiring provider, String namespace, String value) {
        BundleCapability capability = provider.capability(namespace, value);
        BundleRequirement requirement = requirement(namespace, Map.of());
        wires.add(proxy(
                BundleWire.class,
                Map.of(
                        "getCapability",
                        () -> capability,
                        "getRequirement",
                        () -> requirement,
                        "getProviderWiring",
                        () -> provider.wiring)));
        return this;
    }

    TestWiring importingDynamically(String packages) {
        requirements.add(requirement(
                PackageNamespace.PACKAGE_NAMESPACE,
                Map.of("resolution", "dynamic", "filter", "(&(osgi.wiring.package=" + packages + ")(version>=1.3))")));
        return this;
    }

    static BundleRequirement requirement(String namespace, Map<String, String> directives) {
        return proxy(
                BundleRequirement.class, Map.of("getNamespace", () -> namespace, "getDirectives", () -> directives));
    }

    static <T> T proxy(Class<T> type, Map<String, Supplier<?>> answers) {
        return type.cast(Proxy.newProxyInstance(LOADER, new Class<?>[] {type}, (proxy, method, arguments) -> {
            Supplier<?> answer = answers.get(method.getName());
            if (answer != null) {
                return answer.get();
            }
            return switch (method.getName()) {
                case "equals" -> proxy == arguments[0];
                case "hashCode" -> System.identityHashCode(proxy);
                case "toString" -> type.getSimpleName();
                default -> throw new AssertionError(method);
            };
        }));
    }
}
