package symphony.eventsystem;

import java.util.Map;
import symphony.api.event.EventHandler;
import symphony.api.event.TypedHandler;

/** Makes the handlers of one caller known to whoever dispatches, for as long as that caller lives. Thread-safe. */
public interface Registrar {
    /**
     * Makes a handler known.
     *
     * @param handler who gets the events
     * @param properties valid ones, with a {@code symphony.subscription}
     * @return ends it; called once, also after the caller has stopped
     * @throws IllegalStateException if the caller has stopped
     */
    Runnable register(EventHandler handler, Map<String, Object> properties);

    /**
     * Makes a typed handler known, without {@code symphony.type} among the properties.
     *
     * @param <T> the type
     * @param handler who gets the events
     * @param type what their data must fit
     * @param properties valid ones, with a {@code symphony.subscription}
     * @return ends it; called once, also after the caller has stopped
     * @throws IllegalStateException if the caller has stopped
     */
    <T> Runnable register(TypedHandler<T> handler, Class<T> type, Map<String, Object> properties);

    /**
     * Whether the caller may still publish. Asked for each event: cheap.
     *
     * @return whether it lives
     */
    boolean alive();
}
