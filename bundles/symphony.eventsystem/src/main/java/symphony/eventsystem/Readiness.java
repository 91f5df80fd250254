package symphony.eventsystem;

import java.util.Dictionary;
import java.util.Hashtable;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.condition.Condition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The condition {@value #ID}: a service that is there while publishing makes sense, and a line in the log. Thread-safe. */
final class Readiness {
    static final String ID = "symphony.ready";

    private static final Logger log = LoggerFactory.getLogger(Readiness.class);

    private final BundleContext context;
    private final BooleanSupplier ready;

    /*
     * Neighbours come and go on any thread, and registering calls listeners, which may make others come and go; so no lock.
     * Whoever raises this from 0 brings the registration up to date, and goes on until nobody asked meanwhile.
     */
    private final AtomicInteger asked = new AtomicInteger();

    /** Touched only by the thread that raised {@link #asked} from 0. */
    private Optional<ServiceRegistration<Condition>> registration = Optional.empty();

    Readiness(BundleContext context, BooleanSupplier ready) {
        this.context = context;
        this.ready = ready;
    }

    /** Something changed. Another thread that is at it already may finish the work after this returned. */
    void update() {
        if (asked.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        do {
            apply(ready.getAsBoolean());
            seen = asked.addAndGet(-seen);
        } while (seen != 0);
    }

    private void apply(boolean now) {
        if (now && registration.isEmpty()) {
            registration = register();
        } else if (!now && registration.isPresent()) {
            unregister(registration.get());
            registration = Optional.empty();
            log.info(
                    "not ready: publishing is refused while dispatcher, scheduler or required access control are away");
        }
    }

    /** Empty where this bundle is about to stop: nobody waits for the condition of a bundle that leaves. */
    private Optional<ServiceRegistration<Condition>> register() {
        Dictionary<String, Object> properties = new Hashtable<>();
        properties.put(Condition.CONDITION_ID, ID);
        try {
            var registered = context.registerService(Condition.class, Condition.INSTANCE, properties);
            log.info("ready: events are published and scheduled from here on");
            return Optional.of(registered);
        } catch (IllegalStateException e) {
            log.debug("symphony.eventsystem: {} is not registered: {}", ID, e.getMessage());
            return Optional.empty();
        }
    }

    private static void unregister(ServiceRegistration<Condition> registration) {
        try {
            registration.unregister();
        } catch (IllegalStateException e) {
            log.debug("symphony.eventsystem: {} went with its bundle: {}", ID, e.getMessage());
        }
    }
}
