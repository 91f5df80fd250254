package symphony.example.orders;

import java.util.concurrent.atomic.AtomicLong;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import symphony.api.event.Delivery;
import symphony.api.event.Event;
import symphony.api.event.EventSystem;
import symphony.api.event.TypedHandler;
import symphony.api.event.propertytypes.Concurrency;
import symphony.api.event.propertytypes.OrderKey;
import symphony.api.event.propertytypes.Subscription;
import symphony.api.event.propertytypes.Topics;

/** Invoices each new order: four at once, those of one customer one after the other. */
@Component
@Topics("orders/new")
@Subscription("invoicing")
@Concurrency(4)
@OrderKey("customer")
public final class Invoicing implements TypedHandler<NewOrder> {
    private static final double TAX = 0.19;

    private final AtomicLong numbers = new AtomicLong(1000);
    private final EventSystem events;

    @Activate
    public Invoicing(@Reference(name = "events") EventSystem events) {
        this.events = events;
    }

    @Override
    public void handle(NewOrder order, Delivery delivery) {
        double tax = Math.round(order.amount() * TAX * 100) / 100.0; // to the cent
        var invoice = new Invoice(numbers.incrementAndGet(), order.customer(), order.amount(), tax);
        events.publish(Event.on("orders/invoiced")
                        .data(invoice)
                        .attribute(Event.CORRELATION, delivery.id().toString())
                        .build())
                .orThrow(); // whoever refuses it makes this order come again
        System.out.println(invoice); // to the terminal, to be seen while trying it
    }
}
