package symphony.dispatcher;

import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import symphony.api.event.EventHandler;
import symphony.api.event.Subscription;
import symphony.api.event.TopicFilter;
import symphony.component.Principal;

/**
 * Registers handlers as services of the bundle that asks for it: they end with that bundle, and outlive the dispatcher.
 * Thread-safe.
 */
final class ServiceRegistrar implements HandlerRegistrar {
    private final Bundle bundle;
    private final DispatcherEngine engine;

    ServiceRegistrar(Bundle bundle, DispatcherEngine engine) {
        this.bundle = bundle;
        this.engine = engine;
    }

    @Override
    public Subscription register(EventHandler handler, Map<String, ?> properties) {
        BundleContext context = bundle.getBundleContext();
        if (context == null) {
            throw new IllegalStateException("cannot register a handler: " + bundle + " has stopped");
        }
        Owner owner = ServiceHandler.ownerOf(bundle);
        List<TopicFilter> topics = engine.validate(owner, () -> Principal.isTaken(context, bundle), properties);
        var all = new Hashtable<String, Object>(properties);
        all.put(ServiceHandler.PROGRAMMATIC_NAME, engine.freeName(owner, HandlerName.of(handler.getClass())));
        ServiceRegistration<EventHandler> registration = context.registerService(EventHandler.class, handler, all);
        String identity = engine.identityOf(ServiceHandler.idOf(registration.getReference()));
        return new ServiceSubscription(identity, topics, registration);
    }

    /** The handle of a registered handler. */
    private record ServiceSubscription(
            String identity, List<TopicFilter> topics, ServiceRegistration<EventHandler> registration)
            implements Subscription {
        @Override
        public void close() {
            try {
                registration.unregister();
            } catch (IllegalStateException e) {
                // Closed before, or its bundle has stopped: what the caller wants is so already.
                return;
            }
        }
    }
}
