package symphony.dispatcher;

import org.osgi.service.component.ComponentContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import symphony.api.dispatcher.EventDispatcher;

/** The dispatcher's service, one for each bundle that uses it, acting with that bundle's permissions. */
@Component(service = EventDispatcher.class, scope = ServiceScope.BUNDLE)
public final class DispatcherService extends CallerDispatcher {
    /**
     * For a bundle.
     *
     * @param context knows the bundle
     * @param dispatcher has the engine
     */
    @Activate
    public DispatcherService(ComponentContext context, @Reference(name = "dispatcher") DispatcherComponent dispatcher) {
        super(
                dispatcher.engine(),
                ServiceHandler.ownerOf(context.getUsingBundle()).name(),
                new ServiceRegistrar(context.getUsingBundle(), dispatcher.engine()));
    }
}
