package symphony.nlp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
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
import symphony.api.audit.AuditSink;
import symphony.api.crypto.CryptoContext;
import symphony.api.crypto.CryptoService;
import symphony.api.crypto.SealedStore;
import symphony.api.nlp.IntentRecognizer;
import symphony.api.nlp.IntentTrainer;
import symphony.api.nlp.ModelStore;
import symphony.api.nlp.NlpOperations;
import symphony.api.nlp.SentenceEncoder;
import symphony.api.rbac.AccessControl;
import symphony.api.scheduler.Timer;
import symphony.component.Guard;
import symphony.component.Principal;
import symphony.component.StateHome;
import symphony.component.sealed.CallerStore;

/** Provides recognisers, training and the store of models. Thread-safe. */
@Component(
        immediate = true,
        service = Nlp.class, // for this bundle's own component; nobody else sees the class
        configurationPid = NlpSettings.PID)
@Designate(ocd = Nlp.Config.class)
@Capability(
        namespace = "osgi.service",
        attribute = "objectClass:List<String>="
                + "'symphony.api.nlp.IntentRecognizer,symphony.api.nlp.IntentTrainer,"
                + "symphony.api.nlp.ModelStore,symphony.api.nlp.NlpOperations'",
        uses = NlpOperations.class)
public final class Nlp {
    /*
     * The services are registered by hand: each bundle gets its own, which knows it, and there are as many recognisers as models
     * with an active version, each from the moment that it has one. There is no lock here: what is called, the engine and those who
     * listen for services, has locks of its own and comes back.
     */
    /** How long a training may take to end when this stops. */
    private static final Duration STOP_TIME = Duration.ofSeconds(10);

    private final BundleContext context;
    private final Guard guard;
    private final NlpEngine engine;
    private final SlotLists lists;
    private final boolean starter;
    private volatile String model;

    private final ModelServices recognizers;
    private final Supervisor supervisor = new Supervisor();
    private final AtomicBoolean looking = new AtomicBoolean();

    /** Of whoever activates and deactivates. */
    private final List<ServiceRegistration<?>> registrations = new ArrayList<>();

    private volatile boolean open;

    /** Documents and defaults; the values are read by {@link NlpSettings}. */
    @ObjectClassDefinition(name = "Symphony NLP", description = "Recognition of intents, and training.")
    @interface Config {
        @AttributeDefinition(
                name = "Characters of an utterance",
                description = "Most of them, 1 to 1000000; recognisers may allow fewer.")
        int utterance_chars() default 10_000;

        @AttributeDefinition(
                name = "Time limit",
                description = "Longest time of one operation, 1ms to 1h; recognisers may allow less.")
        String time_limit() default "5s";

        @AttributeDefinition(name = "Threads of a training", description = "1 to 64.")
        int training_threads() default 2;

        @AttributeDefinition(
                name = "Model",
                description = "Name of the model whose recogniser is asked about events nlp/utterance.")
        String model() default NlpSettings.DEFAULT_MODEL;

        @AttributeDefinition(
                name = "Time zone",
                description = "Where the people are who say tomorrow, as Europe/Berlin; empty for that of the process.")
        String zone() default "";

        @AttributeDefinition(
                name = "Starter model",
                description =
                        "Whether the model that comes along becomes the model default where there never was one; read at start.")
        boolean starter() default true;
    }

    /**
     * Without services yet.
     *
     * @param config the configuration
     * @param context tells the launch properties, takes the services
     * @param crypto seals the models
     * @param timer of the time limits
     */
    @Activate
    public Nlp(
            Map<String, ?> config,
            BundleContext context,
            @Reference(name = "crypto") CryptoService crypto,
            @Reference(name = "timer") Timer timer) {
        this.context = context;
        this.guard = Guard.of(context.getProperty(Guard.SECURITY));
        NlpSettings settings = NlpSettings.of(NlpSettings.KEYS.orDefaults(config));
        this.model = settings.model();
        this.starter = settings.starter();
        this.lists = new SlotLists(InstantSource.system(), settings.zone());
        this.engine = NlpEngine.of(
                StateHome.of(context::getProperty).resolve("models"),
                crypto,
                timer,
                guard,
                InstantSource.system(),
                new SecureRandom(),
                supervisor::newThread,
                name -> adapt(),
                settings);
        this.recognizers = new ModelServices(this::register, engine);
    }

    /** Which model is asked about utterances that come as events. */
    String model() {
        return model;
    }

    /** The declared lists of slots. */
    SlotLists lists() {
        return lists;
    }

    /** Registers the services, now that access control and audit are bound if they are there. */
    @Activate
    void activate() {
        registrations.add(context.registerService(NlpOperations.class, engine.operations(), null));
        registrations.add(context.registerService(IntentTrainer.class, perCaller(engine::trainer), null));
        registrations.add(context.registerService(ModelStore.class, perCaller(engine::store), null));
        var kept = CallerStore.service(context, sealedStore(), guard);
        registrations.add(context.registerService(SealedStore.class, kept, null));
        open = true;
        load();
    }

    private void load() {
        engine.accessChanged();
        if (starter) {
            engine.addStarter();
        }
        adapt();
    }

    /** Others have recognisers of what is active; also before the services are registered somebody may be told of a change. */
    private void adapt() {
        if (open) {
            recognizers.adapt();
        }
    }

    private ServiceRegistration<?> register(String name, int ranking, Function<String, IntentRecognizer> maker) {
        Dictionary<String, Object> properties = new Hashtable<>();
        properties.put(IntentRecognizer.MODEL, name);
        properties.put(Constants.SERVICE_RANKING, ranking);
        return context.registerService(IntentRecognizer.class, perCaller(maker), properties);
    }

    private static <S> ServiceFactory<S> perCaller(Function<String, S> maker) {
        return new ServiceFactory<>() {
            @Override
            public S getService(Bundle bundle, ServiceRegistration<S> registration) {
                return maker.apply(Principal.of(bundle));
            }

            @Override
            public void ungetService(Bundle bundle, ServiceRegistration<S> registration, S service) {
                // it has nothing to give back
            }
        };
    }

    private SealedStore sealedStore() {
        return new SealedStore() {
            @Override
            public String name() {
                return "models";
            }

            @Override
            public Set<CryptoContext> contexts() {
                return Set.of(CryptoContext.MODEL);
            }

            @Override
            public long count(CryptoContext sealedFor, int keyId) {
                try {
                    return sealedFor == CryptoContext.MODEL ? engine.count(keyId) : 0;
                } catch (IOException e) {
                    throw new UncheckedIOException(NlpSettings.PID + ": models cannot be counted", e);
                }
            }

            @Override
            public long giveUp(CryptoContext sealedFor, int keyId) {
                return count(sealedFor, keyId); // what is active goes on; the files open no more, as a restart tells
            }
        };
    }

    @Modified
    void modified(Map<String, ?> config) {
        NlpSettings.KEYS.ifValid(config, values -> {
            NlpSettings settings = NlpSettings.of(values);
            engine.apply(settings);
            model = settings.model();
            lists.zone(settings.zone());
        });
    }

    @Reference(
            name = "access",
            updated = "updatedAccess",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindAccess(AccessControl service) {
        guard.bind(service);
        lookAgain();
    }

    /** It may decide otherwise now: its service properties have changed. */
    void updatedAccess(AccessControl service) {
        lookAgain();
    }

    /** Not by whoever tells of it, who tells others, too: models may be large. */
    private void lookAgain() {
        if (open && looking.compareAndSet(false, true)) {
            supervisor.execute(() -> {
                looking.set(false);
                if (open) {
                    load();
                }
            });
        }
    }

    void unbindAccess(AccessControl service) {
        guard.unbind(service);
    }

    @Reference(
            name = "encoder",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindEncoder(SentenceEncoder service) {
        engine.use(service);
        adapt();
    }

    /** Where one replaces another it is bound before that is unbound. */
    void unbindEncoder(SentenceEncoder service) {
        engine.useNoLonger(service);
        adapt();
    }

    @Reference(
            name = "audit",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindAudit(AuditSink service) {
        guard.bind(service);
        lookAgain(); // the model that comes along may have waited for it
    }

    void unbindAudit(AuditSink service) {
        guard.unbind(service);
    }

    @Deactivate
    void deactivate() {
        open = false;
        recognizers.close();
        registrations.forEach(ServiceRegistration::unregister);
        engine.close(STOP_TIME);
        supervisor.close();
    }
}
