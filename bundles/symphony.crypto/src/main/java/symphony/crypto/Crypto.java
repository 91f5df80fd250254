package symphony.crypto;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.audit.AuditSink;
import symphony.api.crypto.CryptoService;
import symphony.api.crypto.EventCodec;
import symphony.api.crypto.EventSealer;
import symphony.api.crypto.KeyAdmin;
import symphony.api.crypto.SealedStore;
import symphony.api.rbac.AccessControl;
import symphony.component.Guard;
import symphony.component.GuardedService;
import symphony.component.Principal;

/**
 * Provides sealing with the keys under {@code symphony.home}, as soon as they are there. Thread-safe.
 */
@Component(
        immediate = true,
        service = {},
        configurationPid = Crypto.PID)
@Designate(ocd = Crypto.Config.class)
@Capability(
        namespace = "osgi.service",
        attribute =
                "objectClass:List<String>='symphony.api.crypto.CryptoService,symphony.api.crypto.EventSealer,symphony.api.crypto.KeyAdmin'",
        uses = EventSealer.class)
public final class Crypto {
    /*
     * The services are registered by hand, once the keys are loaded. Declared to DS they would be registered first and made
     * on demand: without keys everybody who asks would get null, an exception in the log, and another try to read the files
     * on its own thread. So there is one line that says why, and no service. It is registered in activate, not in the
     * constructor: consumers are activated meanwhile and may want a component that is whole.
     */
    static final String PID = "symphony.crypto";

    /** Who seals and opens events for others. */
    private static final Set<String> SEALING = Set.of("symphony.dispatcher", "symphony.scheduler", "symphony.shell");

    /** Who seals what it keeps, or tells how encryption stands. */
    private static final Set<String> CRYPTING =
            Set.of("symphony.audit", "symphony.dispatcher", "symphony.nlp", "symphony.shell");

    private static final Logger log = LoggerFactory.getLogger(Crypto.class);

    private final BundleContext context;
    private final Guard guard;
    private final List<SealedStore> stores = new CopyOnWriteArrayList<>();
    /** Those of the start. */
    private final SealSettings settings;

    private final Optional<Sealing> sealing;

    /** Those of now. Written and read by DS only, one call at a time. */
    private final List<ServiceRegistration<?>> registrations = new ArrayList<>();

    /**
     * What there is with keys.
     *
     * @param operations absent where nothing is encrypted, and so no key is there to be changed
     * @param watch likewise
     * @param plaintext there where nothing is encrypted
     */
    private record Sealing(
            CryptoEngine engine,
            Optional<KeyOperations> operations,
            Optional<RotationWatch> watch,
            Optional<PlaintextRecord> plaintext) {
        void apply(SealSettings settings) {
            engine.apply(settings);
            watch.ifPresent(w -> w.apply(settings.rotationMillis()));
        }

        void close() {
            watch.ifPresent(RotationWatch::close);
            operations.ifPresent(KeyOperations::close);
            plaintext.ifPresent(PlaintextRecord::close);
            engine.close();
        }
    }

    /** Documents and defaults; the values are read by {@link SealSettings}. */
    @ObjectClassDefinition(name = "Symphony crypto", description = "How events are sealed.")
    @interface Config {
        @AttributeDefinition(
                name = "JCA provider",
                description = "Name of the provider of AES/GCM/NoPadding, as SunJCE; empty is the platform's first.")
        String provider() default "";

        @AttributeDefinition(
                name = "Salt time",
                description = "How long a seal slot keeps its salt, 1m to 1d; after it the slot's key is derived anew.")
        String salt_time() default "1h";

        @AttributeDefinition(
                name = "Derived keys",
                description = "How many derived keys are kept for opening, 64 to 65536.")
        int derived_keys() default 1024;

        @AttributeDefinition(
                name = "Rotation",
                description =
                        "The age at which a context's key is replaced by a new one, 0 to 3650d; 0 is never. The old one"
                                + " still opens what it sealed.")
        String rotation_after() default "0s";
    }

    /**
     * Loads the keys, or makes them on a first start. Where there are none to be had, or encryption is off where it must not
     * be, one ERROR line says so and no service is provided.
     *
     * @param config the configuration
     * @param context tells the launch properties, takes the services
     * @param codec encodes data
     */
    @Activate
    public Crypto(Map<String, ?> config, BundleContext context, @Reference(name = "codec") EventCodec codec) {
        this.context = context;
        this.guard = Guard.of(context.getProperty(Guard.SECURITY));
        this.settings = SealSettings.of(SealSettings.KEYS.orDefaults(config));
        this.sealing = sealing(settings, codec);
    }

    private Optional<Sealing> sealing(SealSettings settings, EventCodec codec) {
        try {
            return Optional.of(sealing(context::getProperty, settings, codec, InstantSource.system()));
        } catch (IllegalStateException e) {
            log.error(e.getMessage());
            log.debug("cause", e);
            return Optional.empty();
        }
    }

    private Sealing sealing(
            UnaryOperator<String> property, SealSettings settings, EventCodec codec, InstantSource clock) {
        if (Encryption.of(property) == Encryption.OFF) {
            log.warn("{}: *** ENCRYPTION IS OFF *** events are plaintext, for development only", PID);
            var plain = CryptoEngine.plaintext(codec, settings, clock, new AuditedFailures(guard).start());
            return new Sealing(
                    plain, Optional.empty(), Optional.empty(), Optional.of(new PlaintextRecord(guard).start()));
        }
        checkPlatform(settings);
        var random = new SecureRandom();
        KeyFolder folder = KeyFolder.of(property, System::getenv, clock, random);
        Keysets keysets = folder.open();
        var engine = new CryptoEngine(codec, keysets, settings, clock, random, new AuditedFailures(guard).start());
        var operations = new KeyOperations(folder, engine, guard, stores, clock, random);
        var watch = new RotationWatch(operations::rotateOlderThan).start();
        return new Sealing(engine, Optional.of(operations), Optional.of(watch), Optional.empty());
    }

    /** A provider that is configured has been checked with the configuration. */
    private static void checkPlatform(SealSettings settings) {
        if (settings.provider().equals(GcmCipher.PLATFORM)) {
            try {
                GcmCipher.check(GcmCipher.PLATFORM);
            } catch (IllegalArgumentException e) {
                throw new IllegalStateException(
                        PID + ": the platform's first JCA provider cannot be used, it " + e.getMessage(), e);
            }
        }
    }

    @Activate
    void activate() {
        boolean isActive = false;
        try {
            start();
            isActive = true;
        } finally {
            if (!isActive) {
                deactivate(); // nobody else would, and threads would stay
            }
        }
    }

    private void start() {
        sealing.flatMap(Sealing::watch).ifPresent(w -> w.apply(settings.rotationMillis()));
        engine().ifPresent(this::register);
        sealing.flatMap(Sealing::operations)
                .ifPresent(o -> registrations.add(context.registerService(KeyAdmin.class, new KeyAdmins(o), null)));
    }

    /** Absent without keys. */
    Optional<CryptoEngine> engine() {
        return sealing.map(Sealing::engine);
    }

    private void register(CryptoEngine engine) {
        var sealers = new GuardedService<EventSealer>(
                context, SEALING, engine, name -> new CallerSealer(engine, new Caller(guard, name)));
        registrations.add(context.registerService(EventSealer.class, sealers, null));
        var services = new GuardedService<CryptoService>(
                context, CRYPTING, engine, name -> new CallerCryptoService(engine, new Caller(guard, name)));
        registrations.add(context.registerService(CryptoService.class, services, null));
    }

    /** One for each bundle that asks, so that it is known who changes keys. */
    private record KeyAdmins(KeyOperations operations) implements ServiceFactory<KeyAdmin> {
        @Override
        public KeyAdmin getService(Bundle bundle, ServiceRegistration<KeyAdmin> registration) {
            return new CallerKeyAdmin(operations, Principal.of(bundle));
        }

        @Override
        public void ungetService(Bundle bundle, ServiceRegistration<KeyAdmin> registration, KeyAdmin service) {
            // It holds nothing.
        }
    }

    @Modified
    void modified(Map<String, ?> config) {
        SealSettings.KEYS.ifValid(config, values -> sealing.ifPresent(s -> s.apply(SealSettings.of(values))));
    }

    @Reference(name = "audit", cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    void bindAudit(AuditSink audit) {
        guard.bind(audit);
        sealing.flatMap(Sealing::plaintext).ifPresent(PlaintextRecord::look);
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

    @Reference(name = "stores", cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindStore(SealedStore store) {
        stores.add(store);
    }

    void unbindStore(SealedStore store) {
        stores.remove(store);
    }

    @Deactivate
    void deactivate() {
        registrations.forEach(ServiceRegistration::unregister);
        sealing.ifPresent(Sealing::close);
    }
}
