package symphony.it.handler;

import java.util.Hashtable;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/**
 * Registers a {@link Vault}, and what calls it from within the bundle.
 */
public final class VaultActivator implements BundleActivator {
    @Override
    public void start(BundleContext context) {
        var vault = new Vault();
        context.registerService(Callable.class, vault, new Hashtable<>(Map.of("vault", "gold")));
        Supplier<String> inside = vault::callInside;
        context.registerService(Supplier.class, inside, new Hashtable<>(Map.of("vault", "inside")));
    }

    @Override
    public void stop(BundleContext context) {
        // The framework unregisters what is registered.
    }
}
