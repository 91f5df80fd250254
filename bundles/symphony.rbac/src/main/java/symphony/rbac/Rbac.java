package symphony.rbac;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Hashtable;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.osgi.annotation.bundle.Capability;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.admission.BundleAdmission;
import symphony.api.audit.AuditSink;
import symphony.api.rbac.AccessControl;
import symphony.api.rbac.PolicyAdmin;
import symphony.component.CoreParts;
import symphony.component.Environment;
import symphony.component.Guard;
import symphony.component.Principal;
import symphony.component.StateHome;

/** Provides access control by the policy under {@code symphony.home}. Thread-safe. */
@Component(
        immediate = true,
        service = {},
        configurationPid = RbacEngine.PID)
@Designate(ocd = Rbac.Config.class)
@Capability(
        namespace = "osgi.service",
        attribute = "objectClass:List<String>='symphony.api.rbac.AccessControl,symphony.api.rbac.PolicyAdmin'",
        uses = AccessControl.class)
public final class Rbac {
    /*
     * The services are registered by hand. Declared to DS they would be there before the policy is read, and each call would
     * be denied until then; and a component's service property cannot change by itself, but the epoch must.
     */
    private static final Logger log = LoggerFactory.getLogger(Rbac.class);

    /** Launch property: the policy file, wherever it lies. The configuration cannot move it out of the state folder. */
    private static final String FILE = "symphony.policy.file";

    private final BundleContext context;
    private final Guard guard;
    private final RbacEngine engine;
    private final Announcer announcer;

    private final UnguardedBundles unguarded;
    private final SignatureWatch signatures;

    /** Written by DS, one call at a time; no lock is held while others are told. */
    private volatile Optional<ServiceRegistration<AccessControl>> access = Optional.empty();

    /** Of DS only. */
    private Optional<ServiceRegistration<PolicyAdmin>> admin = Optional.empty();

    /** Documents and defaults; the values are read by {@link RbacSettings}. */
    @ObjectClassDefinition(name = "Symphony access control", description = "Where the policy lies.")
    @interface Config {
        @AttributeDefinition(
                name = "Policy file",
                description = "Its path in the state folder, from there on; the name ends with .json.")
        String path() default RbacSettings.FILE;

        @AttributeDefinition(
                name = "Time between looks",
                description = "How often the policy file is looked at, 100ms to 1h.")
        String poll() default "1s";

        @AttributeDefinition(name = "Decisions", description = "How many answers are kept, 64 to 1048576.")
        int decisions() default 8_192;
    }

    /**
     * Without a policy yet.
     *
     * @param config the configuration
     * @param context tells the launch properties, takes the services
     */
    @Activate
    public Rbac(Map<String, ?> config, BundleContext context) {
        this.context = context;
        this.guard = Guard.of(context.getProperty(Guard.SECURITY));
        this.announcer = new Announcer(task -> daemon(task, "symphony-rbac-announcer"), this::announce);
        this.engine = new RbacEngine(
                RbacEngine.SETTINGS.orDefaults(config),
                StateHome.of(context::getProperty),
                fixed(context.getProperty(FILE)),
                Environment.isDevelopment(context::getProperty),
                systemBundles(context),
                guard,
                InstantSource.system(),
                task -> daemon(task, "symphony-rbac-policy"),
                announcer::announce);
        guard.bind(engine.numbered());
        this.unguarded = new UnguardedBundles(guard.required());
        this.signatures = new SignatureWatch(context, engine, task -> daemon(task, "symphony-rbac-signatures"));
    }

    private static Optional<Path> fixed(String file) {
        return file == null || file.isBlank()
                ? Optional.empty()
                : Optional.of(Path.of(file).toAbsolutePath().normalize());
    }

    private static Set<String> systemBundles(BundleContext context) {
        String name = context.getBundle(Constants.SYSTEM_BUNDLE_ID).getSymbolicName();
        return name == null || name.equals(Constants.SYSTEM_BUNDLE_SYMBOLICNAME)
                ? Set.of(Constants.SYSTEM_BUNDLE_SYMBOLICNAME)
                : Set.of(Constants.SYSTEM_BUNDLE_SYMBOLICNAME, name);
    }

    private static Thread daemon(Runnable task, String name) {
        var thread = new Thread(null, task, name, 0, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(Rbac.class.getClassLoader());
        return thread;
    }

    /** Reads the policy, then registers the services: nobody is kept waiting for want of having read it. */
    @Activate
    void activate() {
        context.addBundleListener(unguarded);
        context.addBundleListener(signatures);
        engine.whenLooked(signatures::ask);
        unguarded.look(context.getBundles());
        engine.start();
        Hashtable<String, Object> properties = properties();
        access = Optional.of(context.registerService(AccessControl.class, new Deciders(), properties));
        if (!properties.equals(properties())) { // nobody could be told of it
            announcer.announce();
        }
        admin = Optional.of(context.registerService(PolicyAdmin.class, new Admins(), null));
    }

    private Hashtable<String, Object> properties() {
        return new Hashtable<>(Map.of(AccessControl.POLICY_EPOCH, engine.epoch()));
    }

    private void announce() {
        try {
            access.ifPresent(registration -> registration.setProperties(properties()));
        } catch (IllegalStateException e) {
            log.debug("{} leaves", RbacEngine.PID, e);
        }
    }

    /** Our own parts are told what decided, for the audit; others are not. */
    private final class Deciders implements ServiceFactory<AccessControl> {
        @Override
        public AccessControl getService(Bundle bundle, ServiceRegistration<AccessControl> registration) {
            return CoreParts.has(context, bundle) ? engine.numbered() : engine;
        }

        @Override
        public void ungetService(
                Bundle bundle, ServiceRegistration<AccessControl> registration, AccessControl service) {
            // it has nothing to give back
        }
    }

    /** Each bundle gets its own, which knows it. */
    private final class Admins implements ServiceFactory<PolicyAdmin> {
        @Override
        public PolicyAdmin getService(Bundle bundle, ServiceRegistration<PolicyAdmin> registration) {
            return new CallerPolicyAdmin(engine, guard, Principal.of(bundle));
        }

        @Override
        public void ungetService(Bundle bundle, ServiceRegistration<PolicyAdmin> registration, PolicyAdmin service) {
            // it has nothing to give back
        }
    }

    @Modified
    void modified(Map<String, ?> config) {
        RbacEngine.SETTINGS.ifValid(config, engine::apply);
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

    @Reference(
            name = "admission",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindAdmission(BundleAdmission admission) {
        signatures.bind(admission);
    }

    void unbindAdmission(BundleAdmission admission) {
        signatures.unbind(admission);
    }

    @Deactivate
    void deactivate() {
        context.removeBundleListener(unguarded);
        context.removeBundleListener(signatures);
        signatures.close();
        announcer.close();
        admin.ifPresent(ServiceRegistration::unregister);
        access.ifPresent(ServiceRegistration::unregister);
        admin = Optional.empty();
        access = Optional.empty();
        engine.close();
    }
}
