package symphony.benchmarks.product;

import java.util.Hashtable;
import java.util.Map;
import org.osgi.framework.BundleContext;
import symphony.api.event.Delivery;
import symphony.api.event.EventSystem;
import symphony.api.event.HandlerConstants;
import symphony.api.event.TypedHandler;
import symphony.benchmarks.load.Bus;
import symphony.benchmarks.load.Order;
import symphony.benchmarks.load.Sink;

/** Symphony Events with its defaults, as its README shows it: a record is published, typed handlers are services. */
final class SymphonyBus implements Bus {
    private final BundleContext context;
    private final EventSystem events;

    SymphonyBus(BundleContext context, EventSystem events) {
        this.context = context;
        this.events = events;
    }

    @Override
    public void subscribe(String topic, String name, Sink sink) {
        Map<String, Object> properties = Map.of(HandlerConstants.TOPICS, topic, HandlerConstants.SUBSCRIPTION, name);
        context.registerService(TypedHandler.class, new Handling(sink), new Hashtable<>(properties));
    }

    @Override
    public void publish(String topic, Order order) {
        if (events.publish(topic, order).orThrow().accepted() == 0) {
            throw new IllegalStateException("nobody wants " + order + " on " + topic);
        }
    }

    private record Handling(Sink sink) implements TypedHandler<Order> {
        @Override
        public void handle(Order order, Delivery delivery) {
            sink.handled(order.customer(), order.number(), order.amount(), order.note());
        }
    }
}
