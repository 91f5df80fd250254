package symphony.testing;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.osgi.framework.Version;
import symphony.api.dispatcher.HandlerState;
import symphony.api.event.EventHandler;
import symphony.api.event.HandlerConstants;
import symphony.api.event.Subscription;
import symphony.api.event.TopicFilter;
import symphony.api.event.TypedHandler;
import symphony.dispatcher.DispatcherEngine;
import symphony.dispatcher.Owner;
import symphony.eventsystem.Registrar;

/** What stands for a bundle on a flat class path: it owns handlers. Thread-safe. */
final class FlatBundle implements Registrar {
    private static final AtomicLong SERVICE_IDS = new AtomicLong();

    private final DispatcherEngine dispatcher;
    private final Owner owner;

    FlatBundle(DispatcherEngine dispatcher, String name, long id) {
        this.dispatcher = dispatcher;
        this.owner = new Owner(name, Version.parseVersion("1.0.0"), id);
    }

    String name() {
        return owner.name();
    }

    /** Registers a handler as if it were a service; one that would be refused is an error at once. */
    Subscription add(Object handler, String name, Map<String, ?> properties) {
        List<TopicFilter> topics = dispatcher.validate(owner, properties);
        checkTypeIsKnown(handler, properties);
        var source = new FlatHandler(SERVICE_IDS.incrementAndGet(), owner, handler, name, Map.copyOf(properties));
        dispatcher.arrive(source);
        dispatcher.handlers().stream()
                .filter(view -> view.serviceId() == source.serviceId() && view.state() == HandlerState.REFUSED)
                .findFirst()
                .ifPresent(refused -> {
                    dispatcher.depart(source.serviceId());
                    throw new IllegalArgumentException(
                            "handler " + handler.getClass().getName() + " cannot be used: " + refused.reason());
                });
        String identity = dispatcher.identityOf(source.serviceId());
        return new Registered(identity, topics, dispatcher, source.serviceId(), new AtomicBoolean());
    }

    /** The dispatcher would find out at the first event only. */
    private static void checkTypeIsKnown(Object handler, Map<String, ?> properties) {
        boolean lambda = handler.getClass().isSynthetic() || handler.getClass().isHidden();
        if (handler instanceof TypedHandler && lambda && !properties.containsKey(HandlerConstants.TYPE)) {
            throw new IllegalArgumentException(
                    "a lambda does not tell the type of its data; name the class in the property "
                            + HandlerConstants.TYPE + ", or use eventSystem().subscribe(topics, type, handler)");
        }
    }

    @Override
    public Runnable register(EventHandler handler, Map<String, Object> properties) {
        return add(handler, nameOf(handler), properties)::close;
    }

    @Override
    public <T> Runnable register(TypedHandler<T> handler, Class<T> type, Map<String, Object> properties) {
        var typed = new HashMap<String, Object>(properties);
        typed.put(HandlerConstants.TYPE, type.getName());
        return add(handler, nameOf(handler), typed)::close;
    }

    @Override
    public boolean alive() {
        return true;
    }

    /** The class's name; a lambda has that of the class it stands in. */
    static String nameOf(Object handler) {
        String name = handler.getClass().getName();
        int lambda = name.indexOf("$$Lambda");
        return lambda < 0 ? name : name.substring(0, lambda);
    }

    private record Registered(
            String identity,
            List<TopicFilter> topics,
            DispatcherEngine dispatcher,
            long serviceId,
            AtomicBoolean closed)
            implements Subscription {
        @Override
        public void close() {
            if (closed.compareAndSet(false, true)) {
                dispatcher.depart(serviceId);
            }
        }
    }
}
