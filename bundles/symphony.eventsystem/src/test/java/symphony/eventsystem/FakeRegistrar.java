package symphony.eventsystem;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import symphony.api.event.EventHandler;
import symphony.api.event.TypedHandler;

/** Remembers who was registered, and who left. */
final class FakeRegistrar implements Registrar {
    record Registered(Object handler, Class<?> type, Map<String, Object> properties) {}

    final List<Registered> registered = new ArrayList<>();
    int left;
    volatile boolean alive = true;

    @Override
    public Runnable register(EventHandler handler, Map<String, Object> properties) {
        return add(new Registered(handler, Void.class, properties));
    }

    @Override
    public <T> Runnable register(TypedHandler<T> handler, Class<T> type, Map<String, Object> properties) {
        return add(new Registered(handler, type, properties));
    }

    private Runnable add(Registered one) {
        registered.add(one);
        return () -> left++;
    }

    @Override
    public boolean alive() {
        return alive;
    }
}
