package symphony.dispatcher;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Set;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Filter;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.util.tracker.ServiceTracker;
import org.osgi.util.tracker.ServiceTrackerCustomizer;
import symphony.api.event.EventHandler;
import symphony.api.event.TypedHandler;

/**
 * Tells the engine of handler services. Keeps references only: fetching handlers while tracking them ends in a circular
 * reference when a handler needs {@code EventSystem}, which needs the dispatcher.
 */
final class Whiteboard implements ServiceTrackerCustomizer<Object, ServiceReference<Object>> {
    private final BundleContext context;
    private final DispatcherEngine engine;
    private final ServiceTracker<Object, ServiceReference<Object>> tracker;
    private final Filter filter;

    Whiteboard(BundleContext context, DispatcherEngine engine) {
        this.context = context;
        this.engine = engine;
        this.filter = filter();
        this.tracker = new ServiceTracker<>(context, filter, this);
    }

    private static Filter filter() {
        try {
            return FrameworkUtil.createFilter("(|(objectClass=" + EventHandler.class.getName() + ")(objectClass="
                    + TypedHandler.class.getName() + "))");
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException("the filter is a constant and valid", e);
        }
    }

    /**
     * Begins. Those that are there already come by their ids, so that names made unique by a number fall to the same services
     * as before.
     */
    void open() {
        Set<Long> early = new HashSet<>();
        for (ServiceReference<?> reference : present()) {
            early.add(ServiceHandler.idOf(reference));
            arrive(reference);
        }
        tracker.open();
        ServiceReference<Object>[] tracked = tracker.getServiceReferences();
        if (tracked != null) {
            Arrays.stream(tracked).map(ServiceHandler::idOf).forEach(early::remove);
        }
        early.forEach(engine::depart); // left before the tracker was there to see it
    }

    private ServiceReference<?>[] present() {
        try {
            ServiceReference<?>[] found = context.getServiceReferences((String) null, filter.toString());
            if (found == null) {
                return new ServiceReference<?>[0];
            }
            Arrays.sort(found, Comparator.comparingLong(ServiceHandler::idOf));
            return found;
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException("the filter is a constant and valid", e);
        }
    }

    /** Ends; the engine is closed before, so that nobody counts as having left. */
    void close() {
        tracker.close();
    }

    private void arrive(ServiceReference<?> reference) {
        Bundle bundle = reference.getBundle();
        if (bundle != null) {
            engine.arrive(new ServiceHandler(context, reference, bundle));
        }
    }

    @Override
    public ServiceReference<Object> addingService(ServiceReference<Object> reference) {
        arrive(reference);
        return reference;
    }

    @Override
    public void modifiedService(ServiceReference<Object> reference, ServiceReference<Object> same) {
        engine.modify(ServiceHandler.idOf(reference));
    }

    @Override
    public void removedService(ServiceReference<Object> reference, ServiceReference<Object> same) {
        engine.depart(ServiceHandler.idOf(reference));
    }
}
