package symphony.scheduler;

import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import org.osgi.annotation.bundle.Capability;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import symphony.api.audit.AuditSink;
import symphony.api.crypto.EventSealer;
import symphony.api.crypto.SealedStore;
import symphony.api.dispatcher.EventDispatcher;
import symphony.api.queue.MemoryBudget;
import symphony.api.rbac.AccessControl;
import symphony.api.scheduler.Timer;
import symphony.component.Guard;
import symphony.component.sealed.CallerStore;

/**
 * Holds the one engine of the event scheduler, which {@link SchedulerService} gives to each bundle. What waits survives the restart of this bundle and of all it works with: only the timer, of
 * this same bundle, is a static reference. Thread-safe.
 */
@Component(service = DelayedEvents.class, immediate = true, configurationPid = DelayedEvents.PID)
@Designate(ocd = DelayedEvents.Config.class)
@Capability(
        namespace = "osgi.service",
        attribute = "objectClass:List<String>='symphony.api.crypto.SealedStore'",
        uses = SealedStore.class)
public final class DelayedEvents {
    static final String PID = "symphony.scheduler";

    @ObjectClassDefinition(name = "Symphony scheduler")
    @interface Config { // documents and defaults; the values are read by ScheduleLimits
        @AttributeDefinition(
                name = "Most schedules",
                description = "Scheduled events that may wait at a time, 1 to 10000000; more are refused with LIMIT.")
        int schedules_max() default 1_000_000;

        @AttributeDefinition(
                name = "Retry time",
                description = "How long a due event is offered again to subscriptions that refuse it, 0 to 1d.")
        String retry_time() default "5m";
    }

    private final BundleContext framework;
    private final Guard guard;
    private final EventSchedulerEngine engine;
    private final OwnerWatch watch;
    private final BundleContext context;

    /** Of DS only, one call at a time. */
    private Optional<ServiceRegistration<?>> store = Optional.empty();

    /**
     * Takes back what waited before a restart, and starts.
     *
     * @param config of the PID
     * @param context of this bundle
     * @param timer deadlines
     */
    @Activate
    public DelayedEvents(Map<String, ?> config, BundleContext context, @Reference(name = "timer") Timer timer) {
        this.context = context;
        this.framework = context.getBundle(Constants.SYSTEM_BUNDLE_ID).getBundleContext();
        this.guard = Guard.of(context.getProperty(Guard.SECURITY));
        this.engine = new EventSchedulerEngine(
                timer,
                Clock.systemUTC(),
                guard,
                ScheduleLimits.of(ScheduleLimits.KEYS.orDefaults(config)),
                FrameworkShelf.of(framework),
                owner -> OwnerWatch.isActive(framework, owner, null));
        this.watch = new OwnerWatch(framework, engine::ownerLeft, engine::stop);
        framework.addBundleListener(watch);
        engine.cancelDeparted(); // those who left after the engine had looked and before the watch was told
    }

    @Activate
    void activate() {
        var service = CallerStore.service(context, engine, guard);
        store = Optional.of(context.registerService(SealedStore.class, service, null));
    }

    @Modified
    void modified(Map<String, ?> config) {
        ScheduleLimits.KEYS.ifValid(config, values -> engine.apply(ScheduleLimits.of(values)));
    }

    @Deactivate
    void deactivate() {
        store.ifPresent(ServiceRegistration::unregister);
        framework.removeBundleListener(watch);
        if (OwnerWatch.isStopping(framework)) {
            engine.stop();
        } else {
            engine.close();
        }
    }

    @Reference(
            name = "sealer",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindSealer(EventSealer sealer) {
        engine.bind(sealer);
    }

    void unbindSealer(EventSealer sealer) {
        engine.unbind(sealer);
    }

    @Reference(
            name = "dispatcher",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindDispatcher(EventDispatcher dispatcher) {
        engine.bind(dispatcher);
    }

    void unbindDispatcher(EventDispatcher dispatcher) {
        engine.unbind(dispatcher);
    }

    @Reference(
            name = "budget",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindBudget(MemoryBudget budget) {
        engine.bind(budget);
    }

    void unbindBudget(MemoryBudget budget) {
        engine.unbind(budget);
    }

    @Reference(
            name = "access",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindAccess(AccessControl access) {
        guard.bind(access);
    }

    void unbindAccess(AccessControl access) {
        guard.unbind(access);
    }

    @Reference(
            name = "audit",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindAudit(AuditSink audit) {
        guard.bind(audit);
    }

    void unbindAudit(AuditSink audit) {
        guard.unbind(audit);
    }

    EventSchedulerEngine engine() {
        return engine;
    }

    Guard guard() {
        return guard;
    }
}
