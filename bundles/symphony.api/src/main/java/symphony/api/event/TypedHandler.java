package symphony.api.event;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Handles events whose data fills a record. Registered as a service like {@link EventHandler}, which also says how it is
 * called. The type is read from the class's generic signature, else from the property {@link HandlerConstants#TYPE};
 * a lambda needs the latter. Events that do not fit become dead letters at once.
 *
 * @param <T> a record, a map, or the type of a single value
 */
@FunctionalInterface
@ConsumerType
public interface TypedHandler<T> {
    /**
     * Handles one event.
     *
     * @param value its data
     * @param delivery its circumstances
     * @throws Exception to have the event delivered again later
     */
    void handle(T value, Delivery delivery) throws Exception;
}
