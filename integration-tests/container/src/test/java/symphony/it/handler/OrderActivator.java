package symphony.it.handler;

import java.util.Hashtable;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import symphony.api.event.TypedHandler;

/** Registers an {@link OrderHandler} for the topics of the manifest's {@code Topics} header. */
public final class OrderActivator implements BundleActivator {
    @Override
    public void start(BundleContext context) {
        var properties = new Hashtable<String, Object>();
        properties.put("symphony.topics", context.getBundle().getHeaders().get("Topics"));
        properties.put("symphony.subscription", "orders");
        properties.put("symphony.grace", "5m");
        context.registerService(TypedHandler.class, new OrderHandler(), properties);
    }

    @Override
    public void stop(BundleContext context) {
        // The framework unregisters the handler.
    }
}
