package symphony.example.alerts;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import symphony.api.event.Delivery;
import symphony.api.event.Event;
import symphony.api.event.EventHandler;
import symphony.api.event.EventSystem;
import symphony.api.event.propertytypes.Filter;
import symphony.api.event.propertytypes.Subscription;
import symphony.api.event.propertytypes.Topics;

/** Watches all sensors, and publishes an urgent alert for one that is too hot. Readings below never get here. */
@Component
@Topics("sensors/+")
@Filter("(celsius>=80)")
@Subscription("thermometer")
public final class Thermometer implements EventHandler {
    private final EventSystem events;

    @Activate
    public Thermometer(@Reference(name = "events") EventSystem events) {
        this.events = events;
    }

    @Override
    public void handle(Delivery reading) {
        double celsius = reading.getDouble("celsius", 0);
        events.publish(Event.on("alerts/overheating")
                        .priority(Event.MOST_URGENT)
                        .with("text", reading.topic() + " has " + celsius + " degrees")
                        .build())
                .orThrow();
    }
}
