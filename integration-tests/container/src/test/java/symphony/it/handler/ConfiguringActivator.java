package symphony.it.handler;

import java.io.IOException;
import java.util.Hashtable;
import java.util.Map;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.service.cm.ConfigurationAdmin;

/** Sets the memory budget to the manifest's {@code Memory-Bytes}. */
public final class ConfiguringActivator implements BundleActivator {
    @Override
    public void start(BundleContext context) throws IOException {
        String bytes = context.getBundle().getHeaders().get("Memory-Bytes");
        ConfigurationAdmin admin = context.getService(context.getServiceReference(ConfigurationAdmin.class));
        admin.getConfiguration("symphony.queue", "?").update(new Hashtable<>(Map.of("memory.bytes", bytes)));
    }

    @Override
    public void stop(BundleContext context) {
        // The configuration stays.
    }
}
