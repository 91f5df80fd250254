package symphony.example.lights;

import org.osgi.service.component.annotations.Component;
import symphony.api.event.Delivery;
import symphony.api.event.TypedHandler;
import symphony.api.event.propertytypes.Subscription;
import symphony.api.event.propertytypes.Topics;

/** Switches the lights when somebody says so. */
@Component
@Topics({"nlp/intent/lights-on", "nlp/intent/lights-off"})
@Subscription("lights")
public final class Lights implements TypedHandler<Spoken> {
    /** Whoever is less sure asks back. */
    private static final double SURE = 0.5;

    private volatile boolean on;

    @Override
    public void handle(Spoken spoken, Delivery delivery) {
        if (spoken.confidence() < SURE) {
            System.out.println("the lights: did you mean us? '" + spoken.text() + "'");
            return;
        }
        on = spoken.intent().equals("lights-on");
        System.out.println("the lights are " + (on ? "on" : "off")); // to the terminal, to be seen while trying it
    }

    /** Whether they are on. */
    boolean isOn() {
        return on;
    }
}
