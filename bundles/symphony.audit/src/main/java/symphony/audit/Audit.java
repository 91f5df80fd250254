package symphony.audit;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.osgi.annotation.bundle.Capability;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceFactory;
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
import symphony.api.audit.AuditAnchor;
import symphony.api.audit.AuditSink;
import symphony.api.audit.AuditTrail;
import symphony.api.crypto.CryptoService;
import symphony.api.crypto.SealedStore;
import symphony.api.rbac.AccessControl;
import symphony.component.CoreParts;
import symphony.component.Environment;
import symphony.component.Guard;
import symphony.component.Principal;
import symphony.component.StateHome;
import symphony.component.sealed.CallerStore;
import symphony.segmentlog.SegmentLog;

/** Provides the audit trail under {@code symphony.home}. Thread-safe. */
@Component(
        immediate = true,
        service = {},
        configurationPid = AuditEngine.PID)
@Designate(ocd = Audit.Config.class)
@Capability(
        namespace = "osgi.service",
        attribute =
                "objectClass:List<String>='symphony.api.audit.AuditSink,symphony.api.audit.AuditTrail,symphony.api.crypto.SealedStore'",
        uses = AuditSink.class)
public final class Audit {
    /*
     * The services are registered by hand. The crypto service tells the audit, and the audit uses the crypto service: as services of
     * components both would be made on demand, each while the other one is. All of it refers to others dynamically and
     * optionally, so the audit is there first, and waits for a crypto service before it writes.
     */
    static final String FOLDER = "audit";

    private final BundleContext context;
    private final Guard guard;
    private final AuditEngine engine;
    private final TrailReading reading;
    private final CallerBounds bounds = new CallerBounds(System::nanoTime);

    /** Of DS only, one call at a time. */
    private final List<ServiceRegistration<?>> registrations = new ArrayList<>();

    /** Documents and defaults; the values are read by {@link AuditSettings}. */
    @ObjectClassDefinition(name = "Symphony audit", description = "What the audit trail has, and how long.")
    @interface Config {
        @AttributeDefinition(
                name = "Topics",
                description = "Topic filters with a comma between: each step of each of their events becomes a record.")
        String topics() default "";

        @AttributeDefinition(
                name = "Time between checkpoints",
                description = "The longest time between two signatures while there is something new, 100ms to 1h.")
        String checkpoint_time() default "10s";

        @AttributeDefinition(
                name = "Records between checkpoints",
                description = "The most records between two signatures, 1 to 1000000.")
        int checkpoint_records() default 1_000;

        @AttributeDefinition(
                name = "Size of a segment",
                description = "Bytes after which another file is begun, 65536 to 536870912.")
        int segment_bytes() default 16_777_216;

        @AttributeDefinition(
                name = "Retention by age",
                description = "Age beyond which records are removed, with their whole file, 0 to 36500d; 0 is never.")
        String retention_time() default "0s";

        @AttributeDefinition(
                name = "Retention by size",
                description =
                        "Bytes of the trail beyond which its oldest files are removed, however young they are, 0 to 1125899906842624;"
                                + " 0 is never.")
        long retention_bytes() default 0;

        @AttributeDefinition(
                name = "Summaries",
                description = "Kinds of steps of events that are told apart in a second, 100 to 1000000.")
        int summaries() default 10_000;

        @AttributeDefinition(
                name = "Denials",
                description = "Kinds of denials that are told apart in a second, 1 to 10000.")
        int denials() default 100;

        @AttributeDefinition(
                name = "Time to record",
                description = "How long who needs an entry waits for it before it is refused, 100ms to 10m.")
        String record_timeout() default "10s";

        @AttributeDefinition(
                name = "Anchor file",
                description =
                        "Absolute path of a file that checkpoints are appended to, best on another machine; its name ends with"
                                + " .anchor; empty is none.")
        String anchor_file() default "";

        @AttributeDefinition(
                name = "Time between anchored checkpoints",
                description = "The shortest time between two checkpoints for an anchor, 100ms to 1d.")
        String anchor_time() default "1m";

        @AttributeDefinition(
                name = "Entries of a bundle",
                description =
                        "Entries a second that each bundle may record that is none of Symphony's own, 1 to 1000000.")
        int caller_entries() default 10;

        @AttributeDefinition(
                name = "Bytes of a bundle",
                description = "Bytes a second of these entries, 4096 to 1073741824.")
        int caller_bytes() default 8_192;
    }

    /**
     * Writes nothing yet.
     *
     * @param config the configuration
     * @param context tells the launch properties, takes the services
     */
    @Activate
    public Audit(Map<String, ?> config, BundleContext context) {
        this.context = context;
        this.guard = Guard.of(context.getProperty(Guard.SECURITY));
        var folder = StateHome.of(context::getProperty).resolve(FOLDER);
        this.engine = new AuditEngine(
                folder,
                AuditSettings.of(AuditSettings.KEYS.orDefaults(config)),
                SegmentLog::open,
                InstantSource.system(),
                System::nanoTime,
                new SecureRandom(),
                isEncryptionOff(context));
        this.reading = new TrailReading(folder, engine);
        guard.bind(engine);
    }

    /** As {@code symphony.crypto} reads them: a service that says so is not believed. */
    private static boolean isEncryptionOff(BundleContext context) {
        return "off".equals(context.getProperty("symphony.encryption"))
                && Environment.isDevelopment(context::getProperty);
    }

    @Activate
    void activate() {
        boolean isActive = false;
        try {
            engine.start();
            register();
            isActive = true;
        } finally {
            if (!isActive) {
                deactivate(); // nobody else would, and the folder would stay locked
            }
        }
    }

    private void register() {
        registrations.add(context.registerService(AuditSink.class, new Sinks(), null));
        registrations.add(context.registerService(AuditTrail.class, new Trails(), null));
        var keys = CallerStore.service(context, new TrailKeys(reading, engine.writer()), guard);
        registrations.add(context.registerService(SealedStore.class, keys, null));
    }

    /** Our own parts record what their callers do, and so in any name; each other bundle in its own, within bounds. */
    private final class Sinks implements ServiceFactory<AuditSink> {
        @Override
        public AuditSink getService(Bundle bundle, ServiceRegistration<AuditSink> registration) {
            return CoreParts.has(context, bundle)
                    ? engine
                    : new CallerSink(engine, bounds, guard, Principal.of(bundle), bundle.getBundleId());
        }

        @Override
        public void ungetService(Bundle bundle, ServiceRegistration<AuditSink> registration, AuditSink service) {
            // It holds nothing.
        }
    }

    /** One for each bundle that asks, so that it is known who reads. */
    private final class Trails implements ServiceFactory<AuditTrail> {
        @Override
        public AuditTrail getService(Bundle bundle, ServiceRegistration<AuditTrail> registration) {
            return new CallerTrail(reading, guard, Principal.of(bundle));
        }

        @Override
        public void ungetService(Bundle bundle, ServiceRegistration<AuditTrail> registration, AuditTrail service) {
            // It holds nothing.
        }
    }

    @Modified
    void modified(Map<String, ?> config) {
        AuditSettings.KEYS.ifValid(config, values -> engine.apply(AuditSettings.of(values)));
    }

    @Reference(
            name = "crypto",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindCrypto(CryptoService crypto) {
        engine.bind(crypto);
    }

    void unbindCrypto(CryptoService crypto) {
        engine.unbind(crypto);
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

    @Reference(name = "anchors", cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindAnchor(AuditAnchor anchor) {
        engine.bind(anchor);
    }

    void unbindAnchor(AuditAnchor anchor) {
        engine.unbind(anchor);
    }

    @Deactivate
    void deactivate() {
        try {
            registrations.forEach(ServiceRegistration::unregister);
        } finally {
            engine.close();
        }
    }
}
