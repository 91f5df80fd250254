package symphony.it.handler;

import java.util.Hashtable;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import symphony.api.event.Delivery;
import symphony.api.event.EventHandler;

/**
 * What the handler bundles of these tests do: register a handler for the topics of the manifest's {@code Topics} header, and
 * tell each delivery to the test, through a service of a type that both sides share. Like handlers in the wild they fail now
 * and then, and leave something in a thread-local of their caller. With a manifest header {@code Waits} the start takes until
 * the test's {@code Callable} returns. With a header {@code Fails} each event fails, and is tried once.
 */
public final class CountingActivator implements BundleActivator {
    private static final int FAILS = 50;
    private static final ThreadLocal<CountingActivator> LEFT = ThreadLocal.withInitial(CountingActivator::new);

    @Override
    public void start(BundleContext context) throws Exception {
        var properties = new Hashtable<String, Object>();
        properties.put(
                "symphony.topics",
                context.getBundle().getHeaders().get("Topics").split(" "));
        properties.put("symphony.subscription", "counting");
        boolean fails = context.getBundle().getHeaders().get("Fails") != null;
        if (fails) {
            properties.put("symphony.attempts", 1);
        }
        String version = context.getBundle().getVersion().toString();
        EventHandler handler = delivery -> tell(context, version, delivery);
        EventHandler failing = delivery -> {
            throw new IllegalStateException("version " + version + " always fails");
        };
        context.registerService(EventHandler.class, fails ? failing : handler, properties);
        if (context.getBundle().getHeaders().get("Waits") != null) {
            context.getService(context.getServiceReference(Callable.class)).call();
        }
    }

    @Override
    public void stop(BundleContext context) {
        // The framework unregisters the handler.
    }

    @SuppressWarnings({"rawtypes", "unchecked"})
    private static void tell(BundleContext context, String version, Delivery delivery) {
        ServiceReference<BiConsumer> test = context.getServiceReference(BiConsumer.class);
        if (test == null) {
            throw new IllegalStateException("the test's BiConsumer is not there");
        }
        long number = delivery.getLong("n", 0);
        if (number % FAILS == 0 && delivery.attempt() == 1) {
            throw new IllegalStateException(LEFT.get() + " fails at event " + number);
        }
        context.getService(test).accept(version, number);
    }
}
