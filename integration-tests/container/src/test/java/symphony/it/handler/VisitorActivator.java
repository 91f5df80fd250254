package symphony.it.handler;

import java.time.Duration;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import symphony.api.event.Event;
import symphony.api.event.EventSystem;

/** Schedules an event for long after its stop, by which it is cancelled, which is logged. */
public final class VisitorActivator implements BundleActivator {
    @Override
    public void start(BundleContext context) {
        EventSystem events = context.getService(context.getServiceReference(EventSystem.class));
        events.schedule(Event.on("it/visitor").build(), Duration.ofHours(1)).orThrow();
    }

    @Override
    public void stop(BundleContext context) {
        // The scheduler cancels the event.
    }
}
