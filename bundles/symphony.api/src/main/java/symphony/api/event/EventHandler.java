package symphony.api.event;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Handles events. Registered as a service with the property {@link HandlerConstants#TOPICS}, or passed to
 * {@link EventSystem#subscribe(String, EventHandler)}.
 */
@FunctionalInterface
@ConsumerType
public interface EventHandler {
    /**
     * Handles one event. Called on a thread of the dispatcher, by at most {@code symphony.concurrency} threads at once, with
     * the context class loader of the handler. The event is acknowledged when this returns. It may be delivered again,
     * with the same id, after a failure or a crash: at least once.
     *
     * <p>A call that takes longer than {@code symphony.time.limit} is interrupted.
     *
     * @param delivery the event, never null
     * @throws Exception to have the event delivered again later, up to {@code symphony.attempts} times
     */
    void handle(Delivery delivery) throws Exception;
}
