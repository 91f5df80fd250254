package symphony.eventsystem;

import java.util.Dictionary;
import java.util.HashMap;
import java.util.Hashtable;
import java.util.Map;
import java.util.Optional;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import symphony.api.event.EventHandler;
import symphony.api.event.HandlerConstants;
import symphony.api.event.TypedHandler;

/**
 * Registers the handlers of a bundle as services of that bundle. So they end with it and not with us, and a dispatcher that
 * is replaced finds them again.
 */
final class BundleRegistrar implements Registrar {
    private static final int LIVING = Bundle.STARTING | Bundle.ACTIVE | Bundle.STOPPING;

    private final Bundle bundle;
    private volatile boolean released;

    BundleRegistrar(Bundle bundle) {
        this.bundle = bundle;
    }

    /** The framework took the service back: since the bundle stops, or a component of it. */
    void release() {
        released = true;
    }

    /** Until it is stopped: a handler that is just being drained must get its follow-up events out. */
    @Override
    public boolean alive() {
        return !released || (bundle.getState() & LIVING) != 0;
    }

    @Override
    public Runnable register(EventHandler handler, Map<String, Object> properties) {
        return register(EventHandler.class, handler, properties);
    }

    /*
     * A typed handler goes to the dispatcher as such where it can: then data that does not fit is a dead letter (MISMATCH)
     * at once, and none of our classes is left in the registry when this bundle is updated. The dispatcher finds the type
     * by name, with the handler's bundle; where that gives nothing or another class, as for a type that came by a service
     * or a primitive, we read the data ourselves in the handler's call.
     */
    @Override
    public <T> Runnable register(TypedHandler<T> handler, Class<T> type, Map<String, Object> properties) {
        if (!loads(type)) {
            return register((EventHandler) delivery -> handler.handle(delivery.as(type), delivery), properties);
        }
        var typed = new HashMap<String, Object>(properties);
        typed.put(HandlerConstants.TYPE, type.getName());
        return register(TypedHandler.class, handler, typed);
    }

    private boolean loads(Class<?> type) {
        try {
            return bundle.loadClass(type.getName()) == type;
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }

    private <S> Runnable register(Class<S> service, S handler, Map<String, Object> properties) {
        BundleContext context = Optional.ofNullable(bundle.getBundleContext())
                .orElseThrow(() -> new IllegalStateException("cannot subscribe: bundle " + bundle + " has stopped"));
        Dictionary<String, Object> copy = new Hashtable<>(properties);
        ServiceRegistration<S> registration = context.registerService(service, handler, copy);
        return () -> unregister(registration);
    }

    private static void unregister(ServiceRegistration<?> registration) {
        try {
            registration.unregister();
        } catch (IllegalStateException e) {
            // Its bundle stopped before, which ended it as well: what the caller wants is so already.
            return;
        }
    }
}
