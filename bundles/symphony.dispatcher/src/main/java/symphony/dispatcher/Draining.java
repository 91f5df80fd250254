package symphony.dispatcher;

import java.util.Dictionary;
import java.util.Hashtable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.condition.Condition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.dispatcher.EventDispatcher;

/** The condition {@link EventDispatcher#DRAINING_CONDITION}, once the dispatcher begins to stop. Thread-safe. */
final class Draining {
    private static final Logger log = LoggerFactory.getLogger(Draining.class);

    private final BundleContext context;
    private boolean begun; // guarded by this
    private ServiceRegistration<Condition> registration; // guarded by this

    Draining(BundleContext context) {
        this.context = context;
    }

    /** Registers it; a second time it does nothing. */
    void begin() {
        synchronized (this) {
            if (begun) {
                return;
            }
            begun = true;
        }
        Dictionary<String, Object> properties = new Hashtable<>();
        properties.put(Condition.CONDITION_ID, EventDispatcher.DRAINING_CONDITION);
        try {
            keep(context.registerService(Condition.class, Condition.INSTANCE, properties));
        } catch (IllegalStateException e) {
            log.debug("{} is not registered: {}", EventDispatcher.DRAINING_CONDITION, e.getMessage());
        }
    }

    private synchronized void keep(ServiceRegistration<Condition> registered) {
        registration = registered;
    }

    private synchronized ServiceRegistration<Condition> take() {
        begun = true;
        ServiceRegistration<Condition> taken = registration;
        registration = null;
        return taken;
    }

    /** The component is deactivated: takes it away. */
    void end() {
        ServiceRegistration<Condition> taken = take();
        if (taken == null) {
            return;
        }
        try {
            taken.unregister();
        } catch (IllegalStateException e) {
            log.debug("{} went with its bundle: {}", EventDispatcher.DRAINING_CONDITION, e.getMessage());
        }
    }
}
