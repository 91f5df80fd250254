package symphony.admission;

import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceFactory;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.wiring.FrameworkWiring;
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
import symphony.api.admission.AdmissionMode;
import symphony.api.admission.BundleAdmission;
import symphony.api.audit.AuditSink;
import symphony.api.rbac.AccessControl;
import symphony.component.Guard;
import symphony.component.Principal;
import symphony.component.StateHome;

/** Judges bundles before they run. Thread-safe. */
@Component(
        immediate = true,
        service = {},
        configurationPid = Admission.PID)
@Designate(ocd = Admission.Config.class)
public final class Admission {
    /*
     * The service is registered by hand, as it knows who has it. The gates are the activator's.
     */
    static final String PID = "symphony.admission";
    /** Launch property: the folder of the certificates that are trusted. */
    static final String TRUSTED = "symphony.admission.trusted";

    private static final Duration AUDIT_PATIENCE = Duration.ofMinutes(1);

    private static final Logger log = LoggerFactory.getLogger(Admission.class);

    private final BundleContext context;
    private final Guard guard;
    private final Gatekeeper gatekeeper;
    private final AdmissionEngine engine;

    /** Of DS only. */
    private ServiceRegistration<?> registration;

    /** Documents and defaults; the values are read by {@link JarLimits}. */
    @ObjectClassDefinition(name = "Symphony admission", description = "How much a jar may be that becomes a bundle.")
    @interface Config {
        @AttributeDefinition(name = "Bytes of a jar", description = "1024 to 1073741824.")
        long jar_bytes() default 67_108_864;

        @AttributeDefinition(name = "Bytes of all that is in it", description = "1024 to 4294967296.")
        long unpacked_bytes() default 268_435_456;

        @AttributeDefinition(name = "Entries of a jar", description = "1 to 65534.")
        int entries() default 20_000;
    }

    /**
     * Without services yet.
     *
     * @param config the configuration
     * @param context tells the launch properties, and which bundles there are
     */
    @Activate
    public Admission(Map<String, ?> config, BundleContext context) {
        this.context = context;
        this.guard = Guard.of(context.getProperty(Guard.SECURITY));
        this.gatekeeper = gatekeeper(context);
        Optional<Path> data = Optional.ofNullable(context.getDataFile("")).map(File::toPath);
        Bundle framework = context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION);
        Path home = StateHome.of(context::getProperty);
        String trusted = context.getProperty(TRUSTED);
        this.engine = new AdmissionEngine(
                gatekeeper.mode(),
                guard,
                new TrustedCertificates(
                        trusted == null || trusted.isBlank()
                                ? home.resolve("trusted")
                                : Path.of(trusted).toAbsolutePath()),
                gatekeeper.before(),
                Set.of(framework.getSymbolicName()),
                data.orElse(home).resolve("admission"),
                JarLimits.of(JarLimits.KEYS.orDefaults(config)),
                InstantSource.system(),
                AUDIT_PATIENCE);
    }

    /** The activator's, who has registered it for this bundle only. */
    private static Gatekeeper gatekeeper(BundleContext context) {
        ServiceReference<?>[] own = context.getBundle().getRegisteredServices();
        return Arrays.stream(own == null ? new ServiceReference<?>[0] : own)
                .filter(each -> List.of((String[]) each.getProperty(Constants.OBJECTCLASS))
                        .contains(Gatekeeper.class.getName()))
                .map(context::getService)
                .map(Gatekeeper.class::cast)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("bundle " + context.getBundle() + " is not started"));
    }

    /** Lets the gates ask, now that access control and audit are bound if they are there. */
    @Activate
    void activate() {
        gatekeeper.ask(engine);
        registration = context.registerService(BundleAdmission.class, perCaller(), null);
        if (engine.mode() == AdmissionMode.SIGNED) {
            unresolveRefused();
        }
        if (engine.mode() != AdmissionMode.OFF) {
            log.info("symphony.admission: mode {}", engine.mode());
        }
    }

    /** Bundles that came while nobody judged. */
    private void unresolveRefused() {
        List<Bundle> refused = Arrays.stream(context.getBundles())
                .filter(bundle -> !engine.mayRun(bundle))
                .filter(bundle -> (bundle.getState() & (Bundle.INSTALLED | Bundle.UNINSTALLED)) == 0)
                .toList();
        FrameworkWiring wiring =
                context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION).adapt(FrameworkWiring.class);
        if (wiring.getDependencyClosure(refused).contains(context.getBundle())) {
            // It would be stopped with them, and begin anew for ever.
            log.error(
                    "{}: {} may not run and go on, as this bundle needs some of them; sign or uninstall them",
                    PID,
                    refused);
        } else if (!refused.isEmpty()) {
            log.warn("{}: {} came while nobody judged bundles and may not run; they are stopped", PID, refused);
            wiring.refreshBundles(refused);
        }
    }

    private ServiceFactory<BundleAdmission> perCaller() {
        return new ServiceFactory<>() {
            @Override
            public BundleAdmission getService(Bundle bundle, ServiceRegistration<BundleAdmission> registration) {
                return new CallerAdmission(engine, context, Principal.of(bundle));
            }

            @Override
            public void ungetService(
                    Bundle bundle, ServiceRegistration<BundleAdmission> registration, BundleAdmission service) {
                // it has nothing to give back
            }
        };
    }

    @Modified
    void modified(Map<String, ?> config) {
        JarLimits.KEYS.ifValid(config, values -> engine.apply(JarLimits.of(values)));
    }

    @Reference(
            name = "access",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindAccess(AccessControl service) {
        guard.bind(service);
    }

    void unbindAccess(AccessControl service) {
        guard.unbind(service);
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
        registration.unregister();
        gatekeeper.leave(engine);
    }
}
