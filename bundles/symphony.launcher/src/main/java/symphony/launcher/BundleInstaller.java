package symphony.launcher;

import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.startlevel.BundleStartLevel;

/** Installs the product's bundles where they lie, without a copy, and marks them to start at their level. */
final class BundleInstaller {
    private final BundleContext context;

    BundleInstaller(BundleContext context) {
        this.context = context;
    }

    /** Installs all of them; the framework has not been started yet, so nothing runs when this returns. */
    void install(SortedMap<Integer, List<Path>> levels) throws LaunchException {
        for (var level : levels.entrySet()) {
            for (Path jar : level.getValue()) {
                install(jar, level.getKey());
            }
        }
    }

    private void install(Path jar, int level) throws LaunchException {
        try {
            Bundle bundle = context.installBundle("reference:" + jar.toUri());
            if (bundle.getSymbolicName() == null) {
                throw LaunchException.failure(jar + " is not an OSGi bundle: its manifest has no Bundle-SymbolicName");
            }
            bundle.adapt(BundleStartLevel.class).setStartLevel(level);
            if (bundle.getHeaders("").get(Constants.FRAGMENT_HOST) == null) {
                bundle.start();
            }
        } catch (BundleException e) {
            throw LaunchException.failure(
                    "bundle " + jar + " cannot be installed (if it is damaged, unpack it again)", e);
        }
    }
}
