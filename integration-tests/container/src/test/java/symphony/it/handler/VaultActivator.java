package symphony.it.handler;

import java.util.Hashtable;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import symphony.api.event.EventHandler;
import symphony.api.rbac.AccessDeniedException;
import symphony.api.rbac.SecurityContext;

/**
 * Registers a {@link Vault}; what calls it from within the bundle; and a handler that calls it and tells the test, through a
 * service of a type that both sides share, in whose name and what came of it.
 */
public final class VaultActivator implements BundleActivator {
    @Override
    public void start(BundleContext context) {
        var vault = new Vault();
        context.registerService(Callable.class, vault, new Hashtable<>(Map.of("vault", "gold")));
        Supplier<String> inside = vault::callInside;
        context.registerService(Supplier.class, inside, new Hashtable<>(Map.of("vault", "inside")));
        EventHandler handler = delivery -> tell(context, SecurityContext.current() + ": " + open(vault));
        context.registerService(EventHandler.class, handler, new Hashtable<>(Map.of("symphony.topics", "vault/open")));
    }

    private static String open(Vault vault) {
        try {
            return vault.call();
        } catch (AccessDeniedException e) {
            return "denied " + e.permission();
        }
    }

    @SuppressWarnings({"rawtypes", "unchecked"})
    private static void tell(BundleContext context, String came) {
        ServiceReference<Consumer> test = context.getServiceReference(Consumer.class);
        if (test == null) {
            throw new IllegalStateException("the test's Consumer is not there");
        }
        context.getService(test).accept(came);
    }

    @Override
    public void stop(BundleContext context) {
        // The framework unregisters what is registered.
    }
}
