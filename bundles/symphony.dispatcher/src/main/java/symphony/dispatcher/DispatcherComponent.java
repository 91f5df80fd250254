package symphony.dispatcher;

import java.time.InstantSource;
import java.util.Map;
import org.osgi.framework.BundleContext;
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
import symphony.api.audit.AuditTrail;
import symphony.api.crypto.CryptoService;
import symphony.api.crypto.EventCodec;
import symphony.api.crypto.EventSealer;
import symphony.api.queue.QueueProvider;
import symphony.api.rbac.AccessControl;
import symphony.api.scheduler.Timer;
import symphony.component.Guard;

/** Wires the engine in a framework: services, whiteboard, bundle events, configuration. Thread-safe. */
@Component(service = DispatcherComponent.class, immediate = true, configurationPid = DispatcherEngine.PID)
@Designate(ocd = DispatcherComponent.Config.class)
public final class DispatcherComponent {
    /** Documents the keys; the values are read by {@link DispatcherEngine#SETTINGS}. */
    @ObjectClassDefinition(name = "Symphony dispatcher", description = "Calls handlers. Every key is applied live.")
    @interface Config {
        /** Threads. */
        @AttributeDefinition(
                name = "Workers",
                description =
                        "Threads that call handlers, 0 to 1024; 0 is one per core, but no more than half of the most.")
        int workers() default 0;

        /** Most threads. */
        @AttributeDefinition(
                name = "Most workers",
                description = "Most threads, with those that stand in for others held up by long calls, 1 to 4096.")
        int workers_max() default 64;

        /** Idle spares. */
        @AttributeDefinition(
                name = "Spare idle time",
                description = "How long a thread beyond the workers stays without work, 1ms to 1h.")
        String spare_idle() default "30s";

        /** Watchdog. */
        @AttributeDefinition(
                name = "Watch interval",
                description =
                        "Time between two looks at the calls that run, 1ms to 10s; a call seen twice counts as long.")
        String watch_interval() default "20ms";

        /** Fairness. */
        @AttributeDefinition(
                name = "Fair",
                description = "Longest wait of a ready subscription, whatever is more urgent, 1ms to 1m.")
        String fair() default "200ms";

        /** Batch. */
        @AttributeDefinition(
                name = "Batch",
                description = "Most events a worker takes from one subscription in a row, 1 to 10000.")
        int batch() default 64;

        /** Subscriptions. */
        @AttributeDefinition(name = "Most subscriptions", description = "1 to 10000000; further handlers are refused.")
        int subscriptions_max() default 200_000;

        /** Time limit. */
        @AttributeDefinition(
                name = "Time limit",
                description = "Longest call before it is interrupted, 1ms to 365d; handlers may say otherwise.")
        String time_limit() default "30s";

        /** Attempts. */
        @AttributeDefinition(
                name = "Attempts",
                description = "Attempts before an event becomes a dead letter, 1 to 1000; handlers may say otherwise.")
        int attempts() default 5;

        /** Back-off. */
        @AttributeDefinition(
                name = "Back-off",
                description =
                        "Wait before the second attempt, doubled before each further one, 0 to 1d; handlers may say"
                                + " otherwise.")
        String backoff() default "100ms";

        /** Longest back-off. */
        @AttributeDefinition(name = "Longest back-off", description = "Longest wait between two attempts, 1ms to 1d.")
        String backoff_max() default "30s";

        /** Capacity. */
        @AttributeDefinition(
                name = "Capacity",
                description = "Most events that wait in a subscription, 1 to 10000000; handlers may say otherwise.")
        int capacity() default 10_000;

        /** Grace. */
        @AttributeDefinition(
                name = "Grace",
                description =
                        "How long a subscription in memory is kept after its handler left, 0 to 365d; handlers may say"
                                + " otherwise.")
        String grace() default "10s";

        /** Duplicates. */
        @AttributeDefinition(
                name = "Window of duplicates",
                description =
                        "How long a subscription knows the ids of events that it has taken, to take none twice, 0 to"
                                + " 365d; 0 is not at all; handlers may say otherwise.")
        String duplicates_window() default "0s";

        /** Departure. */
        @AttributeDefinition(
                name = "Departure deadline",
                description =
                        "How long calls may run on when their bundle stops, before they are interrupted, 0 to 10m.")
        String departure_deadline() default "5s";

        /** Quarantine by overruns. */
        @AttributeDefinition(
                name = "Overruns to quarantine",
                description =
                        "Calls over their time limit in a row that bring a subscription into quarantine, 0 to 100000;"
                                + " 0 for never.")
        int quarantine_overruns() default 5;

        /** Quarantine by failures. */
        @AttributeDefinition(
                name = "Failures to quarantine",
                description =
                        "Events that fail in a row that bring a subscription into quarantine, 0 to 100000; 0 for never.")
        int quarantine_failures() default 20;

        /** Quarantine by rate. */
        @AttributeDefinition(
                name = "Rate to quarantine",
                description = "Share of failures and overruns among the last calls that brings a subscription into"
                        + " quarantine, 0 to 1; 0 for never.")
        double quarantine_rate() default 0;

        /** Window of the rate. */
        @AttributeDefinition(
                name = "Quarantine window",
                description = "How many last calls the rate is of, 10 to 10000.")
        int quarantine_window() default 100;

        /** Wait for the probe. */
        @AttributeDefinition(
                name = "Quarantine wait",
                description = "Wait before one event is tried, 1ms to 1d; doubled each time it fails.")
        String quarantine_wait() default "10s";

        /** Longest wait for the probe. */
        @AttributeDefinition(
                name = "Longest quarantine wait",
                description = "Longest wait before one event is tried, 1ms to 1d.")
        String quarantine_wait_max() default "5m";

        /** Stop. */
        @AttributeDefinition(
                name = "Stop deadline",
                description = "How long due events are still handled when the container stops, 0 to 10m.")
        String stop_deadline() default "3s";
    }

    private final DispatcherEngine engine;
    private final Guard guard;
    private final Whiteboard whiteboard;
    private final UnhandledWhiteboard hooks;
    private final BundleWatch bundles;
    private final Draining draining;
    private final HealthWatch health;

    /**
     * Makes the engine.
     *
     * @param context of this bundle
     * @param config configuration
     * @param sealer seals and opens
     * @param codec makes data plain
     * @param timer deadlines
     * @param memory queues in memory
     */
    @Activate
    public DispatcherComponent(
            BundleContext context,
            Map<String, ?> config,
            @Reference(name = "sealer") EventSealer sealer,
            @Reference(name = "codec") EventCodec codec,
            @Reference(name = "timer") Timer timer,
            @Reference(name = "memory", target = "(" + QueueProvider.KIND + "=memory)") QueueProvider memory) {
        this.guard = Guard.of(context.getProperty(Guard.SECURITY));
        this.engine = new DispatcherEngine(
                sealer,
                codec,
                timer,
                memory,
                guard,
                InstantSource.system(),
                DispatcherThreads.INSTANCE,
                DispatcherEngine.SETTINGS.orDefaults(config));
        this.health = new HealthWatch(guard.required(), engine.health());
        this.draining = new Draining(context);
        engine.whenDraining(draining::begin);
        this.bundles = new BundleWatch(context, engine);
        this.whiteboard = new Whiteboard(context, engine);
        this.hooks = new UnhandledWhiteboard(context, engine);
    }

    /** After the optional services were bound: no handler is judged, and no event delivered, without them. */
    @Activate
    void activate() {
        boolean started = false;
        try {
            bundles.open();
            whiteboard.open();
            hooks.open();
            engine.start();
            health.start();
            started = true;
        } finally {
            if (!started) { // nobody else gives back the queues that are open by now
                deactivate();
            }
        }
    }

    @Modified
    void modified(Map<String, ?> config) {
        DispatcherEngine.SETTINGS.ifValid(config, engine::apply);
    }

    @Deactivate
    void deactivate() {
        health.close();
        engine.close();
        hooks.close();
        whiteboard.close();
        bundles.close();
        draining.end();
    }

    DispatcherEngine engine() {
        return engine;
    }

    @Reference(
            name = "queues",
            target = "(!(" + QueueProvider.KIND + "=memory))",
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC)
    void bindQueues(QueueProvider provider) {
        engine.bind(provider);
    }

    void unbindQueues(QueueProvider provider) {
        engine.unbind(provider);
    }

    @Reference(
            name = "access",
            updated = "updatedAccess",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindAccess(AccessControl access) {
        guard.bind(access);
        engine.accessChanged();
    }

    /** It may decide otherwise now: its service properties have changed. */
    void updatedAccess(AccessControl access) {
        engine.accessChanged();
    }

    void unbindAccess(AccessControl access) {
        guard.unbind(access);
        engine.accessChanged();
    }

    @Reference(
            name = "trail",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindTrail(AuditTrail trail) {
        health.bind(trail);
    }

    void unbindTrail(AuditTrail trail) {
        health.unbind(trail);
    }

    @Reference(
            name = "crypto",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindCrypto(CryptoService crypto) {
        health.bind(crypto);
    }

    void unbindCrypto(CryptoService crypto) {
        health.unbind(crypto);
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
}
