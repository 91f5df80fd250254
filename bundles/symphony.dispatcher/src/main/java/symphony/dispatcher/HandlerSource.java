package symphony.dispatcher;

import java.util.List;
import java.util.Map;
import symphony.api.event.TopicFilter;

/**
 * A handler that is not there yet: what the engine must know of a service to subscribe it, and how to get the handler once
 * there is an event for it. Thread-safe.
 */
public interface HandlerSource {
    /** Service property of declarative services: by default the name of the component's class. */
    String COMPONENT_NAME = "component.name";

    /**
     * What tells it from all others.
     *
     * @return a number
     */
    long serviceId();

    /**
     * Of several that share a subscription the first by ranking, then by id, decides how it is set up.
     *
     * @return higher is first
     */
    int ranking();

    /**
     * Whose it is.
     *
     * @return the bundle
     */
    Owner owner();

    /**
     * Its service properties as they are now.
     *
     * @return see {@link symphony.api.event.HandlerConstants}
     */
    Map<String, ?> properties();

    /**
     * The name of its subscription if its properties give none.
     *
     * @return component name or class name
     */
    String defaultName();

    /**
     * Whether a program holds it by a handle; its subscription then ends with it unless it says otherwise.
     *
     * @return whether it does
     */
    boolean programmatic();

    /**
     * Whether its bundle stops: then its handlers leave one after the other, and share one deadline.
     *
     * @return whether it does
     */
    default boolean isStopping() {
        return false;
    }

    /**
     * Whether it gets copies of events, which are discarded instead of becoming dead letters.
     *
     * @return whether it does
     */
    default boolean isLossy() {
        return false;
    }

    /**
     * What its bundle must be permitted to subscribe beside its topics.
     *
     * @return topic filters
     */
    default List<TopicFilter> needs() {
        return List.of();
    }

    /**
     * Whether its bundle would take the place of another one: of the same symbolic name, and installed before.
     *
     * @return whether it would; may take a while
     */
    default boolean takesOver() {
        return false;
    }

    /**
     * Gets the handler; called on a worker at the first event. May run foreign code.
     *
     * @return an {@code EventHandler} or {@code TypedHandler}; null if it is gone
     */
    Object get();

    /** Gives back what one {@link #get()} gave. */
    void unget();

    /**
     * Loads a class as the handler's bundle would.
     *
     * @param name class name
     * @return the class
     * @throws ClassNotFoundException if there is none
     */
    Class<?> loadType(String name) throws ClassNotFoundException;
}
