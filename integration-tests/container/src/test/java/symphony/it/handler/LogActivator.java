package symphony.it.handler;

import java.util.function.Consumer;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.service.log.LogReaderService;

/** Tells the test's {@code Consumer} what comes to the log service: the bundle's name and the message. */
public final class LogActivator implements BundleActivator {
    @Override
    @SuppressWarnings("unchecked")
    public void start(BundleContext context) {
        Consumer<String> test = context.getService(context.getServiceReference(Consumer.class));
        LogReaderService reader = context.getService(context.getServiceReference(LogReaderService.class));
        reader.addLogListener(entry -> test.accept(entry.getBundle().getSymbolicName() + ": " + entry.getMessage()));
    }

    @Override
    public void stop(BundleContext context) {
        // The log reader forgets the listeners of a bundle that stops.
    }
}
