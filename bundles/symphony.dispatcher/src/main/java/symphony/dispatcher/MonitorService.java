package symphony.dispatcher;

import org.osgi.service.component.ComponentContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import symphony.api.dispatcher.EventMonitor;

/** The monitor's service, one for each bundle that uses it, acting with that bundle's permissions. */
@Component(service = EventMonitor.class, scope = ServiceScope.BUNDLE)
public final class MonitorService extends CallerMonitor {
    /**
     * For a bundle.
     *
     * @param context knows the bundle
     * @param dispatcher has the engine
     */
    @Activate
    public MonitorService(ComponentContext context, @Reference(name = "dispatcher") DispatcherComponent dispatcher) {
        super(
                dispatcher.engine(),
                ServiceHandler.ownerOf(context.getUsingBundle()).name());
    }

    @Override
    @Deactivate
    public void close() {
        super.close();
    }
}
