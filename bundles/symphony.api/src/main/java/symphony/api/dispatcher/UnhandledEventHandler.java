package symphony.api.dispatcher;

import org.osgi.annotation.versioning.ConsumerType;
import symphony.api.event.Delivery;

/**
 * Is told of events that no subscription wanted: a topic that was mistyped, a handler that is not there. A service of this type
 * is found by the dispatcher; its property {@link symphony.api.event.HandlerConstants#TOPICS} says which topics it wants to hear
 * of, all if it is missing. Its bundle needs {@code event:subscribe:symphony/unhandled}, {@code event:subscribe:<filter>} for
 * each of these, and {@code event:receive:<topic>} for each event.
 *
 * <p>It is called on the dispatcher's threads, one call at a time, and it is lossy: what comes while
 * {@link symphony.api.event.HandlerConstants#CAPACITY} events, 100 if it says nothing, wait for it is not given to it and is
 * counted as refused in its subscription, which publishers are not told. It is tried once: what it throws is logged. A call over
 * its time limit is interrupted, as of any handler. It is not told of what its own bundle publishes.
 */
@ConsumerType
@FunctionalInterface
public interface UnhandledEventHandler {
    /**
     * Is told of an event. Must end when its thread is interrupted.
     *
     * @param event the event, with its data; valid during the call
     * @throws Exception if it fails; logged, and not tried again
     */
    void unhandled(Delivery event) throws Exception;
}
