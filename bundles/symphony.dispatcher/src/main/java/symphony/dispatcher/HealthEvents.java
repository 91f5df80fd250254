package symphony.dispatcher;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.dispatcher.EventDispatcher;
import symphony.api.dispatcher.Quarantine;
import symphony.api.event.Event;
import symphony.api.rbac.AccessDeniedException;

/** Announces what becomes of subscriptions, and of what the core needs, as events on topics of our own. Thread-safe. */
final class HealthEvents {
    private static final Logger log = LoggerFactory.getLogger(HealthEvents.class);

    private final Supervisor supervisor;
    private volatile Consumer<Event> publish = event -> log.debug("nobody publishes yet");

    HealthEvents(Supervisor supervisor) {
        this.supervisor = supervisor;
    }

    /** Where they go from now on. */
    void publishBy(Consumer<Event> publisher) {
        publish = publisher;
    }

    void opened(Lane lane, Quarantine quarantine) {
        Map<String, Object> data = data(lane, "open");
        data.put("reason", quarantine.reason());
        data.put("since", quarantine.since());
        data.put("probe", quarantine.probe());
        data.put("probes", quarantine.probes());
        announce(EventDispatcher.QUARANTINE_TOPIC, data);
    }

    void closed(Lane lane) {
        announce(EventDispatcher.QUARANTINE_TOPIC, data(lane, "closed"));
    }

    /**
     * How something stands that the core needs.
     *
     * @param state as {@code CRITICAL}
     * @param reason why, empty if all is well
     */
    void standing(String topic, String state, String reason) {
        var data = new LinkedHashMap<String, Object>();
        data.put("state", state);
        if (!reason.isEmpty()) {
            data.put("reason", reason);
        }
        announce(topic, data);
    }

    private static Map<String, Object> data(Lane lane, String state) {
        var data = new LinkedHashMap<String, Object>();
        data.put("subscription", lane.identity);
        data.put("state", state);
        data.put("quarantines", lane.breaker.quarantines());
        return data;
    }

    /** On a thread of our own: the one that is here may be a handler's, or the watchdog that others wait for. */
    private void announce(String topic, Map<String, Object> data) {
        Event event = Event.on(topic).data(data).build();
        supervisor.execute(() -> {
            try {
                publish.accept(event);
            } catch (AccessDeniedException e) {
                log.warn(
                        "an event on {} was not published: {}; under access control {} needs event:publish:{}",
                        topic,
                        e.getMessage(),
                        Publisher.OWN,
                        topic);
            } catch (RuntimeException e) {
                log.warn("an event on {} was not published", topic, e);
            }
        });
    }
}
