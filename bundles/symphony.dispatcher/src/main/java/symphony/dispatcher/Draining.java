package symphony.dispatcher;

import java.util.Dictionary;
import java.util.Hashtable;
import java.util.Optional;
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

    /*
     * Registering calls listeners, so it is done without the lock; the component may be deactivated meanwhile. Who is second then
     * takes the registration away.
     */
    private boolean begun; // guarded by this, as those below
    private boolean ended;
    private Optional<ServiceRegistration<Condition>> registration = Optional.empty();

    Draining(BundleContext context) {
        this.context = context;
    }

    /** Registers it; a second time, or after its end, it does nothing. */
    void begin() {
        if (mayBegin()) {
            register().filter(registered -> !isKept(registered)).ifPresent(Draining::unregister);
        }
    }

    /** The component is deactivated: takes it away, for good. */
    void end() {
        take().ifPresent(Draining::unregister);
    }

    private synchronized boolean mayBegin() {
        boolean first = !begun && !ended;
        begun = true;
        return first;
    }

    private synchronized boolean isKept(ServiceRegistration<Condition> registered) {
        if (!ended) {
            registration = Optional.of(registered);
        }
        return !ended;
    }

    private synchronized Optional<ServiceRegistration<Condition>> take() {
        ended = true;
        Optional<ServiceRegistration<Condition>> taken = registration;
        registration = Optional.empty();
        return taken;
    }

    /** Empty where the bundle is about to be gone: nobody waits for its conditions. */
    private Optional<ServiceRegistration<Condition>> register() {
        Dictionary<String, Object> properties = new Hashtable<>();
        properties.put(Condition.CONDITION_ID, EventDispatcher.DRAINING_CONDITION);
        try {
            return Optional.of(context.registerService(Condition.class, Condition.INSTANCE, properties));
        } catch (IllegalStateException e) {
            log.debug("{} is not registered: {}", EventDispatcher.DRAINING_CONDITION, e.getMessage());
            return Optional.empty();
        }
    }

    private static void unregister(ServiceRegistration<Condition> registration) {
        try {
            registration.unregister();
        } catch (IllegalStateException e) {
            log.debug("{} went with its bundle: {}", EventDispatcher.DRAINING_CONDITION, e.getMessage());
        }
    }
}
