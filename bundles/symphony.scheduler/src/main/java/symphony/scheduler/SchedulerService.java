package symphony.scheduler;

import org.osgi.service.component.ComponentContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import symphony.api.scheduler.EventScheduler;
import symphony.component.Principal;

/** The scheduler's service, one for each bundle that uses it, acting with that bundle's permissions. */
@Component(service = EventScheduler.class, scope = ServiceScope.BUNDLE)
public final class SchedulerService extends CallerScheduler {
    /**
     * For a bundle.
     *
     * @param context knows the bundle
     * @param events has the engine
     */
    @Activate
    public SchedulerService(ComponentContext context, @Reference(name = "events") DelayedEvents events) {
        super(events.engine(), events.guard(), Principal.of(context.getUsingBundle()));
    }
}
