package symphony.dispatcher;

import java.util.Arrays;
import java.util.List;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.util.tracker.ServiceTracker;
import org.osgi.util.tracker.ServiceTrackerCustomizer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.dispatcher.UnhandledEventHandler;
import symphony.api.event.EventHandler;
import symphony.api.event.TypedHandler;
import symphony.component.Principal;

/** Tells the engine of hooks for unhandled events. Keeps references only, as {@link Whiteboard} does. */
final class UnhandledWhiteboard implements ServiceTrackerCustomizer<UnhandledEventHandler, Long> {
    private static final Logger log = LoggerFactory.getLogger(UnhandledWhiteboard.class);
    private static final List<String> HANDLERS = List.of(EventHandler.class.getName(), TypedHandler.class.getName());

    private final BundleContext context;
    private final DispatcherEngine engine;
    private final ServiceTracker<UnhandledEventHandler, Long> tracker;

    UnhandledWhiteboard(BundleContext context, DispatcherEngine engine) {
        this.context = context;
        this.engine = engine;
        this.tracker = new ServiceTracker<>(context, UnhandledEventHandler.class, this);
    }

    void open() {
        tracker.open();
    }

    /** Ends; the engine is closed before, so that nobody counts as having left. */
    void close() {
        tracker.close();
    }

    private void arrive(ServiceReference<UnhandledEventHandler> reference) {
        Bundle bundle = reference.getBundle();
        if (bundle == null) {
            return;
        }
        String[] types = (String[]) reference.getProperty(Constants.OBJECTCLASS);
        if (Arrays.stream(types).anyMatch(HANDLERS::contains)) {
            log.warn(
                    "service {} of {} is a handler and a hook for unhandled events; it is used as a handler only: register"
                            + " two services",
                    ServiceHandler.idOf(reference),
                    Principal.of(bundle));
            return;
        }
        engine.unhandled().arrive(new ServiceHandler(context, reference, bundle));
    }

    @Override
    public Long addingService(ServiceReference<UnhandledEventHandler> reference) {
        arrive(reference);
        return ServiceHandler.idOf(reference);
    }

    @Override
    public void modifiedService(ServiceReference<UnhandledEventHandler> reference, Long id) {
        engine.unhandled().depart(id);
        arrive(reference);
        if (tracker.getService(reference) == null) { // it left meanwhile, and whoever told so found nothing
            engine.unhandled().depart(id);
        }
    }

    @Override
    public void removedService(ServiceReference<UnhandledEventHandler> reference, Long id) {
        engine.unhandled().depart(id);
    }
}
