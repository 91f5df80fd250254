package symphony.it.handler;

import java.util.Hashtable;
import java.util.Map;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import symphony.api.event.Delivery;
import symphony.api.event.EventHandler;

/** What a newer build of the example could be: handles the same events otherwise. */
public final class SecondInvoicing implements BundleActivator, EventHandler {
    @Override
    public void start(BundleContext context) {
        var properties = new Hashtable<String, Object>(
                Map.of("symphony.topics", "orders/new", "symphony.subscription", "invoicing"));
        context.registerService(EventHandler.class, this, properties);
    }

    @Override
    public void handle(Delivery delivery) {
        System.out.println("second build: " + delivery.getString("customer"));
    }

    @Override
    public void stop(BundleContext context) {
        // its service ends with it
    }
}
