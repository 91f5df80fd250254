package symphony.benchmarks.eventadmin;

import java.util.Hashtable;
import java.util.Map;
import org.osgi.framework.BundleContext;
import org.osgi.service.event.Event;
import org.osgi.service.event.EventAdmin;
import org.osgi.service.event.EventConstants;
import org.osgi.service.event.EventHandler;
import symphony.benchmarks.load.Bus;
import symphony.benchmarks.load.Order;
import symphony.benchmarks.load.Sink;

/** OSGi Event Admin with its defaults, asynchronous: fields are properties of the event. */
final class EventAdminBus implements Bus {
    private final BundleContext context;
    private final EventAdmin admin;

    EventAdminBus(BundleContext context, EventAdmin admin) {
        this.context = context;
        this.admin = admin;
    }

    @Override
    public void subscribe(String topic, String name, Sink sink) {
        EventHandler handler = event -> sink.handled(
                (String) event.getProperty("customer"),
                (Long) event.getProperty("number"),
                (Double) event.getProperty("amount"),
                (String) event.getProperty("note"));
        context.registerService(
                EventHandler.class, handler, new Hashtable<>(Map.of(EventConstants.EVENT_TOPIC, topic)));
    }

    @Override
    public void publish(String topic, Order order) {
        admin.postEvent(new Event(
                topic,
                Map.of(
                        "customer", order.customer(),
                        "number", order.number(),
                        "amount", order.amount(),
                        "note", order.note())));
    }
}
