package symphony.rbac.weaver;

import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.util.tracker.ServiceTracker;

/** Follows the services of a type: which is the first of those that are there, and when what it says of itself changes. */
final class FirstService<T> extends ServiceTracker<T, T> {
    private final Map<ServiceReference<T>, T> there = new ConcurrentHashMap<>();
    private final Consumer<T> changed;

    /**
     * Follows nobody yet.
     *
     * @param changed told of the first, null for none, after each change; never two at a time
     */
    FirstService(BundleContext context, Class<T> type, Consumer<T> changed) {
        super(context, type, null);
        this.changed = changed;
    }

    @Override
    public T addingService(ServiceReference<T> reference) {
        T service = super.addingService(reference);
        if (service != null) {
            there.put(reference, service);
            tell();
        }
        return service;
    }

    @Override
    public void modifiedService(ServiceReference<T> reference, T service) {
        tell();
    }

    @Override
    public void removedService(ServiceReference<T> reference, T service) {
        there.remove(reference);
        tell();
        super.removedService(reference, service);
    }

    private synchronized void tell() {
        changed.accept(there.entrySet().stream()
                .max(Comparator.comparing(Map.Entry::getKey))
                .map(Map.Entry::getValue)
                .orElse(null));
    }
}
