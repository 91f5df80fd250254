package symphony.rbac.weaver;

import java.util.Map;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.resource.Namespace;
import org.osgi.resource.Requirement;
import org.osgi.resource.Resource;

/** A requirement of nobody's, for a package of a bundle of a certain name and version. Immutable. */
final class PackageRequirement implements Requirement {
    private final String filter;

    PackageRequirement(String packageName, Bundle exporter) {
        this.filter = "(&(" + PackageNamespace.PACKAGE_NAMESPACE + '=' + packageName + ")("
                + Constants.BUNDLE_SYMBOLICNAME_ATTRIBUTE + '=' + exporter.getSymbolicName() + ")("
                + Constants.BUNDLE_VERSION_ATTRIBUTE + '=' + exporter.getVersion() + "))";
    }

    @Override
    public String getNamespace() {
        return PackageNamespace.PACKAGE_NAMESPACE;
    }

    @Override
    public Map<String, String> getDirectives() {
        return Map.of(Namespace.REQUIREMENT_FILTER_DIRECTIVE, filter);
    }

    @Override
    public Map<String, Object> getAttributes() {
        return Map.of();
    }

    @Override
    public Resource getResource() {
        return null; // of nobody's
    }
}
