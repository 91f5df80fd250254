package symphony.admission;

import java.io.File;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.bundle.Capability;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.hooks.resolver.ResolverHookFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.admission.AdmissionMode;
import symphony.api.admission.BundleAdmission;
import symphony.component.StateHome;

/**
 * Shuts the gates as soon as this bundle starts, and takes them away when it stops. Not by the component, which may be missing: without a
 * component runtime, or as it could not begin.
 */
@Capability(
        namespace = "osgi.service",
        attribute = "objectClass:List<String>=symphony.api.admission.BundleAdmission",
        uses = BundleAdmission.class)
public final class Activator implements BundleActivator {
    /** Launch property of File Install: where it has its copies. */
    private static final String STAGED = "felix.fileinstall.tmpdir";

    /** Launch property of Karaf: the folder of its configuration, where File Install looks, too. */
    private static final String CONFIGURED = "karaf.etc";

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Logger log = LoggerFactory.getLogger(Activator.class);

    /** One thread at a time, the framework's. */
    private final List<ServiceRegistration<?>> registrations = new ArrayList<>();

    private Gatekeeper gatekeeper;
    private ResolveGate gate;

    /** For the framework. */
    public Activator() {
        // nothing is there before the start
    }

    @Override
    public void start(BundleContext context) {
        AdmissionMode mode = Modes.of(context::getProperty);
        Optional<Path> data = Optional.ofNullable(context.getDataFile("")).map(File::toPath);
        var before =
                BundlesBefore.of(data.map(folder -> folder.resolve("before")), isNew(context), context.getBundles());
        gatekeeper = new Gatekeeper(mode, before, PATIENCE);
        if (mode == AdmissionMode.SIGNED) {
            gate = new ResolveGate(gatekeeper);
            context.addBundleListener(gate);
            registrations.add(context.registerService(ResolverHookFactory.class, gate, null));
        }
        if (mode != AdmissionMode.OFF) {
            registerDropGate(context, data.orElseGet(() -> StateHome.of(context::getProperty)));
        }
        registrations.add(context.registerService(Gatekeeper.class, gatekeeper, null)); // for the component
    }

    /** Whether this bundle was installed, or updated, since the process began. */
    private static boolean isNew(BundleContext context) {
        return context.getBundle().getLastModified()
                >= ManagementFactory.getRuntimeMXBean().getStartTime();
    }

    private void registerDropGate(BundleContext context, Path home) {
        try {
            registrations.add(FileInstallation.register(context, gatekeeper, home.resolve("admitted")));
        } catch (NoClassDefFoundError e) {
            log.debug("{}: no File Install is there, so nothing is dropped", Admission.PID, e);
        }
    }

    @Override
    public void stop(BundleContext context) {
        gatekeeper.end();
        if (gate != null) {
            context.removeBundleListener(gate);
        }
        registrations.forEach(ServiceRegistration::unregister);
    }

    /** Apart, as its classes may be missing. */
    private static final class FileInstallation {
        private FileInstallation() {}

        static ServiceRegistration<?> register(BundleContext context, Gatekeeper gatekeeper, Path kept) {
            var properties = new Hashtable<String, Object>();
            properties.put(Constants.SERVICE_RANKING, Integer.MAX_VALUE); // asked before all others
            return context.registerService(
                    org.apache.felix.fileinstall.ArtifactTransformer.class,
                    new DropGate(gatekeeper, kept, path(context, STAGED), path(context, CONFIGURED)),
                    properties);
        }

        private static Optional<Path> path(BundleContext context, String property) {
            return Optional.ofNullable(context.getProperty(property)).map(Path::of);
        }
    }
}
