package symphony.component;

import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceFactory;
import org.osgi.framework.ServiceRegistration;

/**
 * A service that {@linkplain CoreParts parts of ours} get as it is, at no cost, and each other bundle as a view of its
 * own, which asks with each call whether that bundle may. Which one a bundle gets is decided when it gets the service;
 * since it has to stop to be updated, that is so after an update, too. Thread-safe.
 *
 * @param <S> its type
 */
public final class GuardedService<S> implements ServiceFactory<S> {
    private final BundleContext context;
    private final Set<String> parts;
    private final S whole;
    private final Function<String, S> view;

    /**
     * For a registration.
     *
     * @param context of the bundle that registers it
     * @param parts names of the parts of ours that need it as it is
     * @param whole the service as it is
     * @param view makes the view of a principal
     */
    public GuardedService(BundleContext context, Set<String> parts, S whole, Function<String, S> view) {
        this.context = Objects.requireNonNull(context, "context");
        this.parts = Set.copyOf(parts);
        this.whole = Objects.requireNonNull(whole, "whole");
        this.view = Objects.requireNonNull(view, "view");
    }

    @Override
    public S getService(Bundle bundle, ServiceRegistration<S> registration) {
        return CoreParts.has(context, bundle) && parts.contains(bundle.getSymbolicName())
                ? whole
                : view.apply(Principal.of(bundle));
    }

    @Override
    public void ungetService(Bundle bundle, ServiceRegistration<S> registration, S service) {
        // A view holds nothing.
    }
}
