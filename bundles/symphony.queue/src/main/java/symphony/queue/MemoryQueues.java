package symphony.queue;

import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Hashtable;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.osgi.annotation.bundle.Capability;
import org.osgi.framework.BundleContext;
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
import symphony.api.crypto.SealedStore;
import symphony.api.queue.MemoryBudget;
import symphony.api.queue.QueueProvider;
import symphony.api.rbac.AccessControl;
import symphony.api.scheduler.Timer;
import symphony.component.Guard;
import symphony.component.GuardedService;
import symphony.component.sealed.CallerStore;

/** Queues in memory; what waits is lost when this component stops. Thread-safe. */
@Component(
        immediate = true,
        service = {},
        configurationPid = MemoryQueueEngine.PID)
@Designate(ocd = MemoryQueues.Config.class)
@Capability(
        namespace = "osgi.service",
        attribute = "objectClass:List<String>="
                + "'symphony.api.crypto.SealedStore,symphony.api.queue.MemoryBudget,symphony.api.queue.QueueProvider'",
        uses = {QueueProvider.class, SealedStore.class})
public final class MemoryQueues {
    /** Who keeps events in them for others. */
    private static final Set<String> PARTS = Set.of("symphony.dispatcher", "symphony.scheduler", "symphony.shell");

    /*
     * The services are registered by hand: parts of ours get the engine itself, everybody else a view that asks for
     * permissions.
     */

    /** Documents the keys and their defaults; the values are read by {@link MemoryQueueEngine#SETTINGS}. */
    @ObjectClassDefinition(name = "Symphony queue (memory)")
    @interface Config {
        @AttributeDefinition(
                name = "Memory budget",
                description =
                        "Most bytes of envelopes in this process (queues, schedules, dead letters), 1048576 to the "
                                + "heap's size; 0 is a quarter of the heap.")
        long memory_bytes() default 0;

        @AttributeDefinition(
                name = "Aging",
                description = "An event counts as one level more urgent for each such time waited, as 10s; 0 is never, "
                        + "at most 1d.")
        String aging() default "10s";

        @AttributeDefinition(
                name = "Dead letters",
                description = "Most dead letters kept, 0 to 10000000; the oldest are discarded and counted.")
        int dead_letters() default 10_000;

        @AttributeDefinition(
                name = "Ids of duplicates",
                description = "Most ids of events that one subscription with a window of duplicates remembers, 1 to "
                        + "10000000, about 140 bytes each; the oldest are forgotten and counted.")
        int duplicates_ids() default 100_000;

        @AttributeDefinition(
                name = "Bytes of dead letters",
                description = "Most bytes of dead letters kept, 0 or more; never more than half of the memory budget.")
        long dead_letters_bytes() default 67_108_864;
    }

    private final BundleContext context;
    private final Guard guard;
    private final MemoryQueueEngine engine;

    /** Of DS only, one call at a time. The one that events come by is the last to come and the first to go. */
    private final Deque<ServiceRegistration<?>> registrations = new ArrayDeque<>();

    /**
     * Starts without queues.
     *
     * @param config see {@link Config}
     * @param context tells the launch properties, takes the services
     */
    @Activate
    public MemoryQueues(Map<String, ?> config, BundleContext context) {
        this.context = context;
        guard = Guard.of(context.getProperty(Guard.SECURITY));
        engine = new MemoryQueueEngine(
                MemoryQueueEngine.SETTINGS.orDefaults(config), InstantSource.system(), System::nanoTime);
    }

    @Activate
    void activate() {
        boolean isActive = false;
        try {
            register();
            isActive = true;
        } finally {
            if (!isActive) {
                deactivate(); // nobody else would
            }
        }
    }

    private void register() {
        register(SealedStore.class, CallerStore.service(context, engine, guard));
        register(MemoryBudget.class, guarded(engine.budget(), caller -> new CallerBudget(engine.budget(), caller)));
        register(QueueProvider.class, guarded(engine, caller -> new CallerQueues(engine, caller)));
    }

    private <S> GuardedService<S> guarded(S whole, Function<Caller, S> view) {
        return new GuardedService<>(context, PARTS, whole, name -> view.apply(new Caller(guard, name)));
    }

    private <S> void register(Class<S> type, GuardedService<S> service) {
        var properties = new Hashtable<>(Map.of(QueueProvider.KIND, MemoryQueueEngine.KIND_NAME));
        registrations.push(context.registerService(type, service, properties));
    }

    MemoryQueueEngine engine() {
        return engine;
    }

    @Modified
    void modified(Map<String, ?> config) {
        MemoryQueueEngine.SETTINGS.ifValid(config, engine::apply);
    }

    /* Dynamic and optional: a restart of the timer must not restart the queues, or what waits in them would be lost. */
    @Reference(
            name = "timer",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindTimer(Timer timer) {
        engine.bind(timer);
    }

    void unbindTimer(Timer timer) {
        engine.unbind(timer);
    }

    /* As dynamic and optional as the timer, for the same reason. */
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

    @Deactivate
    void deactivate() {
        registrations.forEach(ServiceRegistration::unregister);
        engine.close();
    }
}
