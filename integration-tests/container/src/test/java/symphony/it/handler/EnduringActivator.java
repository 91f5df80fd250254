package symphony.it.handler;

import java.util.Hashtable;
import java.util.Map;
import java.util.function.BiConsumer;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import symphony.api.event.Delivery;
import symphony.api.event.EventHandler;
import symphony.api.event.TypedHandler;

/**
 * One handler of each sort for what is published on {@code it/endure/+}: one of everything, one by an order key and of a record,
 * one that fails, one whose events expire. Each tells the number of what it handled to the test's {@code BiConsumer}, with the
 * name of its subscription. Like handlers in the wild they throw exceptions of a class of their own, and leave something in a
 * thread-local of their caller.
 */
public final class EnduringActivator implements BundleActivator {
    /** A number divisible by it fails once, on {@code it/endure/failing}. */
    public static final int FAILS = 97;

    /** A number divisible by it always fails there, and becomes a dead letter. */
    public static final int FAILS_ALWAYS = 499;

    private static final ThreadLocal<EnduringActivator> LEFT = ThreadLocal.withInitial(EnduringActivator::new);

    private BundleContext context;
    private BiConsumer<String, Long> test;

    /** What a handler throws. */
    public static final class Failure extends Exception {
        private static final long serialVersionUID = 1;

        Failure(Delivery delivery) {
            super(LEFT.get() + " fails at event " + delivery.getLong("n", -1) + ", attempt " + delivery.attempt());
        }
    }

    @Override
    @SuppressWarnings("unchecked")
    public void start(BundleContext started) {
        context = started;
        test = context.getService(context.getServiceReference(BiConsumer.class));
        EventHandler every = delivery -> tell("every", delivery);
        EventHandler brief = delivery -> tell("brief", delivery);
        TypedHandler<Order> ordered = (order, delivery) -> tell("ordered", delivery);
        register(EventHandler.class, every, "every", "it/endure/+", Map.of("symphony.concurrency", 2));
        register(
                TypedHandler.class,
                ordered,
                "ordered",
                "it/endure/ordered",
                Map.of(
                        "symphony.type",
                        Order.class.getName(),
                        "symphony.order.key",
                        "customer",
                        "symphony.concurrency",
                        4));
        register(
                EventHandler.class,
                (EventHandler) this::fail,
                "failing",
                "it/endure/failing",
                Map.of("symphony.attempts", 2, "symphony.backoff", "1ms", "symphony.duplicates.window", "1m"));
        register(EventHandler.class, brief, "brief", "it/endure/brief", Map.of("symphony.time.to.live", "5ms"));
    }

    private <T> void register(Class<T> type, T handler, String name, String topics, Map<String, Object> more) {
        var properties = new Hashtable<>(more);
        properties.put("symphony.subscription", name);
        properties.put("symphony.topics", topics);
        properties.put("symphony.capacity", 2_000);
        properties.put("symphony.grace", "5m"); // an update takes that long on no machine
        context.registerService(type, handler, properties);
    }

    private void fail(Delivery delivery) throws Failure {
        long number = delivery.getLong("n", -1);
        if (number % FAILS_ALWAYS == 0 || number % FAILS == 0 && delivery.attempt() == 1) {
            throw new Failure(delivery);
        }
        tell("failing", delivery);
    }

    private void tell(String subscription, Delivery delivery) {
        test.accept(subscription, delivery.getLong("n", -1));
    }

    @Override
    public void stop(BundleContext stopped) {
        // The framework unregisters the handlers.
    }
}
