package symphony.it.handler;

import java.util.Hashtable;
import java.util.Map;
import java.util.function.Supplier;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** Registers objects of classes that name no permission and inherit one, and one that inherits none. */
public final class HeirActivator implements BundleActivator {
    @Override
    public void start(BundleContext context) {
        register(context, "interface", new ContractVault());
        register(context, "superclass", new BaseVault());
        register(context, "type", new LateVault()::call);
    }

    private static void register(BundleContext context, String by, Supplier<String> vault) {
        context.registerService(Supplier.class, vault, new Hashtable<>(Map.of("vault", by)));
    }

    @Override
    public void stop(BundleContext context) {
        // The framework unregisters what is registered.
    }
}
