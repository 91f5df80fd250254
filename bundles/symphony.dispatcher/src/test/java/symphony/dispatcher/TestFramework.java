package symphony.dispatcher;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.apache.felix.framework.FrameworkFactory;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.launch.Framework;
import symphony.api.event.EventHandler;

/** A real framework with bundles that are empty; the engine's classes come from the test's class path. */
final class TestFramework implements AutoCloseable {
    private static final long MOST_MILLIS = 10_000;

    private final Framework framework;

    TestFramework(Path storage) throws BundleException {
        framework = new FrameworkFactory()
                .newFramework(Map.of(
                        Constants.FRAMEWORK_STORAGE,
                        storage.toString(),
                        Constants.FRAMEWORK_STORAGE_CLEAN,
                        Constants.FRAMEWORK_STORAGE_CLEAN_ONFIRSTINIT,
                        "felix.log.level",
                        "0"));
        framework.start();
    }

    Framework framework() {
        return framework;
    }

    /** Installs a bundle and starts it. */
    Bundle install(String name, String version) throws BundleException {
        Bundle bundle = framework.getBundleContext().installBundle(name + "-" + version, jar(name, version));
        bundle.start();
        return bundle;
    }

    static ByteArrayInputStream jar(String name, String version) {
        var manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.putValue(Constants.BUNDLE_MANIFESTVERSION, "2");
        main.putValue(Constants.BUNDLE_SYMBOLICNAME, name);
        main.putValue(Constants.BUNDLE_VERSION, version);
        var bytes = new ByteArrayOutputStream();
        try (var jar = new JarOutputStream(bytes, manifest)) {
            jar.finish();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return new ByteArrayInputStream(bytes.toByteArray());
    }

    static ServiceRegistration<EventHandler> register(Bundle bundle, EventHandler handler, Object... pairs) {
        return bundle.getBundleContext().registerService(EventHandler.class, handler, properties(pairs));
    }

    static Dictionary<String, Object> properties(Object... pairs) {
        var properties = new Hashtable<String, Object>();
        for (int i = 0; i < pairs.length; i += 2) {
            properties.put((String) pairs[i], pairs[i + 1]);
        }
        return properties;
    }

    @Override
    public void close() {
        try {
            framework.stop();
            framework.waitForStop(MOST_MILLIS);
        } catch (BundleException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
