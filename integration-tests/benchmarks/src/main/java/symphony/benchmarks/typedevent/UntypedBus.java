package symphony.benchmarks.typedevent;

import java.util.Hashtable;
import java.util.Map;
import org.osgi.framework.BundleContext;
import org.osgi.service.typedevent.TypedEventBus;
import org.osgi.service.typedevent.TypedEventConstants;
import org.osgi.service.typedevent.UntypedEventHandler;
import symphony.benchmarks.load.Bus;
import symphony.benchmarks.load.Order;
import symphony.benchmarks.load.Sink;

/** OSGi Typed Event with its defaults, untyped: maps are delivered as they are, which is its faster way. */
final class UntypedBus implements Bus {
    private final BundleContext context;
    private final TypedEventBus bus;

    UntypedBus(BundleContext context, TypedEventBus bus) {
        this.context = context;
        this.bus = bus;
    }

    @Override
    public void subscribe(String topic, String name, Sink sink) {
        UntypedEventHandler handler = (where, order) -> sink.handled(
                (String) order.get("customer"), (Long) order.get("number"), (Double) order.get("amount"), (String)
                        order.get("note"));
        context.registerService(
                UntypedEventHandler.class,
                handler,
                new Hashtable<>(Map.of(TypedEventConstants.TYPED_EVENT_TOPICS, topic)));
    }

    @Override
    public void publish(String topic, Order order) {
        bus.deliverUntyped(
                topic,
                Map.of(
                        "customer", order.customer(),
                        "number", order.number(),
                        "amount", order.amount(),
                        "note", order.note()));
    }
}
