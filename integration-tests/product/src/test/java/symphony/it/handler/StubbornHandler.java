package symphony.it.handler;

import java.util.Hashtable;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import symphony.api.event.Delivery;
import symphony.api.event.EventHandler;
import symphony.api.event.EventSystem;

/** Handles an event for ever, whoever interrupts it. */
public final class StubbornHandler implements BundleActivator, EventHandler {
    @Override
    public void start(BundleContext context) {
        var topics = new Hashtable<String, Object>(Map.of("symphony.topics", "stubborn"));
        context.registerService(EventHandler.class, this, topics);
        EventSystem events = context.getService(context.getServiceReference(EventSystem.class));
        events.publish("stubborn", Map.of());
    }

    @Override
    public void handle(Delivery delivery) {
        hang();
    }

    private static void hang() {
        System.out.println("stuck"); // here, so that whoever reads it finds this method in the stack
        while (true) {
            LockSupport.park();
            Thread.interrupted(); // else it would not park again
        }
    }

    @Override
    public void stop(BundleContext context) {
        System.out.println("stopped");
    }
}
