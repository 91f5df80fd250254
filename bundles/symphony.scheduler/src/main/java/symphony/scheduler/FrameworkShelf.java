package symphony.scheduler;

import java.util.Dictionary;
import java.util.Hashtable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/** Finds the map of the {@link Shelf} in the service registry, or puts one there in the framework's own name. */
final class FrameworkShelf {
    private static final String TYPE = ConcurrentMap.class.getName();
    private static final String FORM = "symphony.scheduler.shelf";

    private FrameworkShelf() {}

    @SuppressWarnings("unchecked") // put there by the lines below
    static ConcurrentMap<String, Object> of(BundleContext framework) {
        for (ServiceReference<?> found : find(framework)) {
            if (framework.getService(found) instanceof ConcurrentMap<?, ?> map) {
                return (ConcurrentMap<String, Object>) map;
            }
        }
        var map = new ConcurrentHashMap<String, Object>();
        Dictionary<String, Object> properties = new Hashtable<>();
        properties.put(FORM, Shelf.FORM);
        framework.registerService(TYPE, map, properties);
        return map;
    }

    private static ServiceReference<?>[] find(BundleContext framework) {
        try {
            ServiceReference<?>[] found = framework.getServiceReferences(TYPE, "(" + FORM + "=" + Shelf.FORM + ")");
            return found == null ? new ServiceReference<?>[0] : found;
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException("the filter is a constant", e);
        }
    }
}
