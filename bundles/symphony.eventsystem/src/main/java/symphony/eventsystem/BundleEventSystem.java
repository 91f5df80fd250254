package symphony.eventsystem;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.bundle.Requirement;
import org.osgi.framework.Bundle;
import org.osgi.service.component.ComponentContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import symphony.api.event.Event;
import symphony.api.event.EventHandler;
import symphony.api.event.EventSystem;
import symphony.api.event.Receipt;
import symphony.api.event.Recurrence;
import symphony.api.event.Schedule;
import symphony.api.event.Subscription;
import symphony.api.event.TypedHandler;
import symphony.component.Principal;

/** The service: one instance per bundle that uses it. Stays registered while what is below is replaced. Thread-safe. */
@Component(service = EventSystem.class, scope = ServiceScope.BUNDLE)
// At run time they may come late and go. A resolver that puts an application together must find them.
@Requirement(
        namespace = "osgi.service",
        filter = "(objectClass=symphony.api.dispatcher.EventDispatcher)",
        effective = "active")
@Requirement(
        namespace = "osgi.service",
        filter = "(objectClass=symphony.api.scheduler.EventScheduler)",
        effective = "active")
public final class BundleEventSystem implements EventSystem {
    private final BundleRegistrar registrar;
    private final EventSystem system;

    /**
     * For one bundle.
     *
     * @param context knows the bundle
     * @param systems where the engine is
     */
    @Activate
    public BundleEventSystem(ComponentContext context, @Reference(name = "systems") EventSystems systems) {
        Bundle bundle = context.getUsingBundle();
        this.registrar = new BundleRegistrar(bundle);
        this.system = systems.engine().forCaller(Principal.of(bundle), registrar);
    }

    @Deactivate
    void deactivate() {
        registrar.release();
    }

    @Override
    public Receipt publish(String topic, Object data) {
        return system.publish(topic, data);
    }

    @Override
    public Receipt publish(Event event) {
        return system.publish(event);
    }

    @Override
    public Receipt publish(Event event, Duration maxWait) {
        return system.publish(event, maxWait);
    }

    @Override
    public CompletionStage<Receipt> publishAsync(Event event) {
        return system.publishAsync(event);
    }

    @Override
    public Receipt retry(Receipt receipt) {
        return system.retry(receipt);
    }

    @Override
    public Subscription subscribe(String topicFilter, EventHandler handler) {
        return system.subscribe(topicFilter, handler);
    }

    @Override
    public <T> Subscription subscribe(String topicFilter, Class<T> type, TypedHandler<T> handler) {
        return system.subscribe(topicFilter, type, handler);
    }

    @Override
    public Subscription subscribe(Map<String, ?> properties, EventHandler handler) {
        return system.subscribe(properties, handler);
    }

    @Override
    public Schedule schedule(Event event, Duration delay) {
        return system.schedule(event, delay);
    }

    @Override
    public Schedule schedule(Event event, Instant at) {
        return system.schedule(event, at);
    }

    @Override
    public Schedule schedule(Event event, Recurrence recurrence) {
        return system.schedule(event, recurrence);
    }
}
