package symphony.it.handler;

import java.time.Duration;
import java.util.Hashtable;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToIntBiFunction;
import java.util.stream.Collectors;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import symphony.api.dispatcher.EventDispatcher;
import symphony.api.event.Delivery;
import symphony.api.event.Event;
import symphony.api.event.EventHandler;
import symphony.api.event.EventSystem;
import symphony.api.queue.MemoryBudget;

/**
 * An application in a host that the test does not share the API with. It handles what it publishes, and is driven and watched
 * through services of types that both sides share: {@code ToIntBiFunction} publishes a number, at once or after a time, and
 * gives how many subscriptions took it; {@code BiConsumer}, the test's, is told what was handled; {@code LongSupplier} has
 * the limit of the memory budget; {@code Supplier} has a line for each subscription, how it stands and what it counts.
 */
public final class ApplicationActivator implements BundleActivator {
    private static final String TOPIC = "it/application";

    private BundleContext context;

    @Override
    public void start(BundleContext started) {
        context = started;
        started.registerService(
                EventHandler.class,
                this::handle,
                new Hashtable<>(Map.of(
                        "symphony.topics",
                        TOPIC,
                        "symphony.subscription",
                        "application",
                        "symphony.capacity",
                        1_000_000)));
        ToIntBiFunction<Long, Duration> publish = this::publish;
        started.registerService(ToIntBiFunction.class, publish, null);
        started.registerService(
                LongSupplier.class, () -> service(MemoryBudget.class).limit(), null);
        started.registerService(Supplier.class, this::account, null);
    }

    @Override
    public void stop(BundleContext stopped) {
        // The framework unregisters the services.
    }

    private int publish(long number, Duration delay) {
        Event event = Event.on(TOPIC).with("n", number).build();
        if (delay.isZero()) {
            return service(EventSystem.class).publish(event).orThrow().accepted();
        }
        service(EventSystem.class).schedule(event, delay).orThrow();
        return 0;
    }

    private String account() {
        return service(EventDispatcher.class).subscriptions().stream()
                .map(view -> view.identity() + ' ' + view.state() + ", accepted "
                        + view.queue().accepted() + ", handled " + view.queue().handled() + ", here "
                        + view.queue().depth())
                .collect(Collectors.joining("\n"));
    }

    @SuppressWarnings("unchecked")
    private void handle(Delivery delivery) {
        String version = context.getBundle().getVersion().toString();
        service(BiConsumer.class).accept(version, delivery.getLong("n", 0));
    }

    private <T> T service(Class<T> type) {
        var reference = context.getServiceReference(type);
        T service = reference == null ? null : context.getService(reference);
        if (service == null) {
            throw new IllegalStateException("no " + type.getName() + " is there");
        }
        return service;
    }
}
