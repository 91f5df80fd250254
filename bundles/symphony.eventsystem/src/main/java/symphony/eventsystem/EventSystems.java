package symphony.eventsystem;

import java.security.SecureRandom;
import java.time.InstantSource;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import symphony.api.audit.AuditSink;
import symphony.api.dispatcher.EventDispatcher;
import symphony.api.rbac.AccessControl;
import symphony.api.scheduler.EventScheduler;
import symphony.component.Guard;

/** Holds the one engine, and tells it who comes and goes below. Known to this bundle only. */
@Component(immediate = true, service = EventSystems.class)
public final class EventSystems {
    private final Guard guard;
    private final EventSystemEngine engine;
    private final Readiness readiness;

    /**
     * With nothing below yet.
     *
     * @param context of this bundle
     */
    @Activate
    public EventSystems(BundleContext context) {
        this.guard = Guard.of(context.getProperty(Guard.SECURITY));
        this.engine = new EventSystemEngine(guard, InstantSource.system(), new SecureRandom());
        this.readiness = new Readiness(context, engine::ready);
    }

    EventSystemEngine engine() {
        return engine;
    }

    @Reference(
            name = "dispatcher",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindDispatcher(EventDispatcher service) {
        engine.bind(service);
        readiness.update();
    }

    void unbindDispatcher(EventDispatcher service) {
        engine.unbind(service);
        readiness.update();
    }

    @Reference(
            name = "scheduler",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindScheduler(EventScheduler service) {
        engine.bind(service);
        readiness.update();
    }

    void unbindScheduler(EventScheduler service) {
        engine.unbind(service);
        readiness.update();
    }

    @Reference(
            name = "access",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindAccess(AccessControl service) {
        engine.bind(service);
        readiness.update();
    }

    void unbindAccess(AccessControl service) {
        engine.unbind(service);
        readiness.update();
    }

    @Reference(
            name = "audit",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindAudit(AuditSink service) {
        guard.bind(service);
    }

    void unbindAudit(AuditSink service) {
        guard.unbind(service);
    }

    @Deactivate
    void deactivate() {
        engine.close();
        readiness.update();
    }
}
