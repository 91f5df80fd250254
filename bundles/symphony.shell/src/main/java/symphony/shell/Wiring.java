package symphony.shell;

import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.event.EventHandler;
import symphony.api.event.EventSystem;
import symphony.api.event.HandlerConstants;
import symphony.api.event.Subscription;

/** A closure or a route: a handler of ours with a name, subscribed anew when the event system is replaced. Thread-safe. */
final class Wiring {
    /** What a wiring needs beyond the event system. */
    interface Target extends EventHandler, AutoCloseable {
        /** Whether events still have somewhere to go. */
        boolean isAlive();

        /** What it does, for people. */
        String what();

        @Override
        void close();
    }

    private static final Logger log = LoggerFactory.getLogger(Wiring.class);

    private final String name;
    private final String filter;
    private final Map<String, Object> properties;
    private final Target target;
    private final AtomicReference<Subscription> subscription = new AtomicReference<>();

    Wiring(String name, String filter, Map<String, Object> properties, Target target) {
        this.name = name;
        this.filter = filter;
        this.properties = Map.copyOf(properties);
        this.target = target;
    }

    static Map<String, Object> properties(String name, String filter) {
        return new java.util.HashMap<>(
                Map.of(HandlerConstants.TOPICS, new String[] {filter}, HandlerConstants.SUBSCRIPTION, name));
    }

    String name() {
        return name;
    }

    String filter() {
        return filter;
    }

    String what() {
        return target.what();
    }

    boolean isAlive() {
        return target.isAlive();
    }

    void subscribe(EventSystem events) {
        replace(events.subscribe(properties, target));
    }

    /** Another event system is there: what was subscribed with the old one is of no use. */
    void resubscribe(EventSystem events) {
        replace(null);
        try {
            subscribe(events);
        } catch (RuntimeException e) {
            log.warn("{} on {} could not be subscribed again: {}", name, filter, e.getMessage());
        }
    }

    private void replace(Subscription next) {
        Subscription before = subscription.getAndSet(next);
        if (before != null) {
            try {
                before.close();
            } catch (RuntimeException e) {
                // Its event system is gone, and the subscription with it.
                log.debug("{}: the old subscription could not be closed", name, e);
            }
        }
    }

    void close() {
        replace(null);
        target.close();
    }
}
