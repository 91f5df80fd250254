package symphony.dispatcher;

import java.util.Map;
import symphony.api.event.EventHandler;
import symphony.api.event.Subscription;

/** Makes the handlers of one caller known, for as long as that caller lives. Thread-safe. */
@FunctionalInterface
public interface HandlerRegistrar {
    /**
     * Checks a handler and makes it known.
     *
     * @param handler who gets the events
     * @param properties see {@link symphony.api.event.HandlerConstants}
     * @return the handle
     * @throws IllegalArgumentException if a property is wrong
     */
    Subscription register(EventHandler handler, Map<String, ?> properties);
}
