package symphony.dispatcher;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.dispatcher.UnhandledEventHandler;
import symphony.api.event.Delivery;
import symphony.api.event.EventHandler;
import symphony.api.event.HandlerConstants;
import symphony.api.event.TopicFilter;
import symphony.component.HandlerProperties;
import symphony.component.QuietLog;

/**
 * A hook as a handler, so that all that holds for handlers holds for it: a queue and calls of its own, its time limit, its
 * departure, its quarantine. Thread-safe.
 */
final class UnhandledHook implements HandlerSource {
    /** The topic of its subscription, so that it can be permitted; events come by {@link UnhandledEvents}, on any topic. */
    static final String TOPIC = "symphony/unhandled";

    private static final Logger log = LoggerFactory.getLogger(UnhandledHook.class);
    private static final int CAPACITY = 100;
    private static final String ALL = "*";

    private final HandlerSource service;
    private final QuietLog failures;
    private final List<TopicFilter> filters;
    private final String problem;

    UnhandledHook(HandlerSource service, QuietLog failures) {
        this.service = service;
        this.failures = failures;
        List<TopicFilter> read = List.of();
        String wrong = "";
        try {
            read = wanted(service.properties().get(HandlerConstants.TOPICS));
        } catch (IllegalArgumentException e) {
            wrong = String.valueOf(e.getMessage());
        } catch (RuntimeException
                | LinkageError
                | StackOverflowError e) { // properties may be objects of the hook's own
            wrong = "its topics cannot be read: " + FailureText.of(e);
        }
        this.filters = read;
        this.problem = wrong;
    }

    private static List<TopicFilter> wanted(Object topics) {
        return HandlerProperties.of(Map.of(HandlerConstants.TOPICS, topics == null ? ALL : topics))
                .topics();
    }

    /** Whether it wants to hear of events on a topic. */
    boolean wants(String topic) {
        for (int i = 0; i < filters.size(); i++) {
            if (filters.get(i).matches(topic)) {
                return true;
            }
        }
        return false;
    }

    /**
     * What it wants to hear of.
     *
     * @throws IllegalArgumentException if its property is wrong
     */
    @Override
    public List<TopicFilter> needs() {
        if (!problem.isEmpty()) {
            throw new IllegalArgumentException(problem);
        }
        return filters;
    }

    @Override
    public Map<String, ?> properties() {
        var properties = new HashMap<String, Object>(service.properties());
        properties.put(HandlerConstants.TOPICS, TOPIC);
        properties.put(HandlerConstants.ATTEMPTS, 1);
        properties.put(HandlerConstants.GRACE, "0");
        properties.putIfAbsent(HandlerConstants.CAPACITY, CAPACITY);
        properties.remove(HandlerConstants.DURABLE);
        properties.remove(HandlerConstants.FULL);
        return properties;
    }

    @Override
    public Object get() {
        Object hook = service.get();
        return hook instanceof UnhandledEventHandler handler ? new Adapter(handler) : hook;
    }

    /** Calls it once; what it throws is told here and nowhere else, for a copy of an event is no reason for a dead letter. */
    private final class Adapter implements EventHandler {
        private final UnhandledEventHandler hook;

        Adapter(UnhandledEventHandler hook) {
            this.hook = hook;
        }

        @Override
        public void handle(Delivery delivery) {
            Thread.currentThread().setContextClassLoader(hook.getClass().getClassLoader()); // the caller sets it back
            try {
                hook.unhandled(delivery);
            } catch (Throwable t) { // of the hook's own, an Error too
                failures.write(more -> log.warn(
                        "{}: the hook for unhandled events failed at {} ({} more not told): {}",
                        delivery.subscription(),
                        delivery.topic(),
                        more,
                        FailureText.withStack(t)));
            }
        }
    }

    @Override
    public long serviceId() {
        return service.serviceId();
    }

    @Override
    public int ranking() {
        return service.ranking();
    }

    @Override
    public Owner owner() {
        return service.owner();
    }

    @Override
    public String defaultName() {
        return service.defaultName();
    }

    @Override
    public boolean isStopping() {
        return service.isStopping();
    }

    @Override
    public boolean takesOver() {
        return service.takesOver();
    }

    @Override
    public boolean isLossy() {
        return true;
    }

    @Override
    public boolean programmatic() {
        return true;
    }

    @Override
    public void unget() {
        service.unget();
    }

    @Override
    public Class<?> loadType(String name) throws ClassNotFoundException {
        return service.loadType(name);
    }

    @Override
    public String toString() {
        return "hook " + service;
    }
}
