package symphony.shell;

import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.felix.service.command.CommandSession;
import symphony.api.event.EventHandler;
import symphony.api.event.EventSystem;
import symphony.api.event.HandlerConstants;
import symphony.api.event.Subscription;

/** A closure or a route: a handler of ours with a name. Thread-safe. */
final class Wiring {
    /** What a wiring needs beyond the event system. */
    interface Target extends EventHandler, AutoCloseable {
        /** Whether events still have somewhere to go. */
        boolean isAlive();

        /** Principal of the user who made it; empty if nobody was logged in. */
        String user();

        /** What it does, for people. */
        String what();

        /**
         * Does something when the call that runs in a session has ended, on the thread of the call.
         *
         * @return false, and nothing is done, if no call runs there
         */
        default boolean afterCall(CommandSession session, Runnable what) {
            return false;
        }

        @Override
        void close();
    }

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

    String user() {
        return target.user();
    }

    String what() {
        return target.what();
    }

    boolean isAlive() {
        return target.isAlive();
    }

    boolean afterCall(CommandSession session, Runnable what) {
        return target.afterCall(session, what);
    }

    void subscribe(EventSystem events) {
        subscription.set(events.subscribe(properties, target));
    }

    void close() {
        Subscription there = subscription.getAndSet(null);
        if (there != null) {
            there.close();
        }
        target.close();
    }
}
