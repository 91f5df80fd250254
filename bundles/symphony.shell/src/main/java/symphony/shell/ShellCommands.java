package symphony.shell;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSessionListener;
import org.apache.felix.service.command.Converter;
import org.apache.felix.service.command.Function;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
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
import symphony.api.admission.BundleAdmission;
import symphony.api.audit.AuditSink;
import symphony.api.audit.AuditTrail;
import symphony.api.crypto.CryptoService;
import symphony.api.crypto.EventSealer;
import symphony.api.crypto.KeyAdmin;
import symphony.api.dispatcher.EventDispatcher;
import symphony.api.dispatcher.EventMonitor;
import symphony.api.event.EventSystem;
import symphony.api.nlp.IntentRecognizer;
import symphony.api.nlp.IntentTrainer;
import symphony.api.nlp.ModelStore;
import symphony.api.queue.MemoryBudget;
import symphony.api.queue.QueueProvider;
import symphony.api.rbac.AccessControl;
import symphony.api.rbac.PolicyAdmin;
import symphony.api.rbac.SecurityContexts;
import symphony.api.scheduler.EventScheduler;
import symphony.api.user.Authenticator;
import symphony.api.user.UserAccounts;
import symphony.component.Guard;

/** Registers the commands of scope {@code symphony}. Needs no service: a command says what is missing. Thread-safe. */
@Component(
        service = {},
        immediate = true,
        configurationPid = ShellCommands.PID)
@Designate(ocd = ShellCommands.Config.class)
public final class ShellCommands {
    /*
     * The one component of this bundle: it gives what it is given to ShellEngine, where the commands are. All references are
     * optional and dynamic, since a shell is needed most when something is missing; Services keeps what is there, and a command
     * that finds a part away says so. Commands are services of Gogo's own type, registered here and not by declarative
     * services, since there is one for each entry of a map.
     */
    static final String PID = "symphony.shell";

    /** Launch property: whether a script comes on standard input, of which failures are told. */
    private static final String SCRIPT = "symphony.script";

    /** System property: exit code of the process, for the launcher. */
    private static final String EXIT_CODE = "symphony.exit.code";

    /** Documents and defaults; the values are read by ShellEngine. */
    @ObjectClassDefinition(name = "Symphony shell")
    @interface Config {
        /** Whether an interactive session begins with the banner. */
        @AttributeDefinition(name = "Banner", description = "Whether an interactive session begins with the banner.")
        boolean banner() default true;

        /** Events that symphony:tail buffers. */
        @AttributeDefinition(
                name = "Buffer of tail",
                description =
                        "Events that wait to be shown by symphony:tail, 1 to 1000000; what comes on top is dropped.")
        int tail_buffer() default 1000;

        /** Whether commands need somebody who is logged in. */
        @AttributeDefinition(
                name = "Log-in",
                description = "optional, or required: then no command of ours is done before symphony:login.")
        String login() default "optional";
    }

    private final BundleContext context;
    private final Services services;
    private final ShellEngine engine;
    private final List<ServiceRegistration<?>> registrations = new ArrayList<>();

    /**
     * A recogniser in the registry, got for each use: one that needs the event system itself makes no circle.
     *
     * @param context gets it
     * @param reference where it is
     */
    private record RecognizerService(BundleContext context, ServiceReference<IntentRecognizer> reference)
            implements Recognizers.Source {
        @Override
        public String model() {
            return String.valueOf(reference.getProperty(IntentRecognizer.MODEL));
        }

        @Override
        public IntentRecognizer get() {
            return context.getService(reference);
        }

        @Override
        public void unget() {
            context.ungetService(reference);
        }
    }

    /** Registers the commands. */
    @Activate
    public ShellCommands(BundleContext context, Map<String, ?> config) {
        this.context = context;
        this.services = new Services(Guard.of(context.getProperty(Guard.SECURITY)));
        var host = new Host(
                context.getBundle().getVersion().toString(),
                context::getProperty,
                InstantSource.system(),
                System::nanoTime);
        Editor editor = Editor.find();
        this.engine = new ShellEngine(services, host, editor, script(context, editor));
        engine.apply(ShellEngine.atStart(config));
        register(context);
    }

    /** Gogo's shell has an output of its own, and nothing else is there to tell the launcher of an exit code. */
    private static Script script(BundleContext context, Editor editor) {
        if (!Boolean.parseBoolean(context.getProperty(SCRIPT))) {
            return new Script(failure -> {}); // who sits before a terminal sees for himself
        }
        editor.expectScript();
        PrintStream errors = standardError();
        return new Script(failure -> {
            errors.println("symphony: " + failure);
            System.setProperty(EXIT_CODE, "1");
        });
    }

    /** That of the process: in the shell's threads System.err is the shell's. Never closed. */
    private static PrintStream standardError() {
        return new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
    }

    private void register(BundleContext context) {
        registrations.add(context.registerService(CommandSessionListener.class, engine.listener(), null));
        registrations.add(context.registerService(Converter.class, engine.converter(), null));
        engine.commands().forEach((name, command) -> {
            var properties = new Hashtable<String, Object>();
            properties.put(CommandProcessor.COMMAND_SCOPE, Synopsis.SCOPE);
            properties.put(CommandProcessor.COMMAND_FUNCTION, name);
            registrations.add(context.registerService(Function.class, command, properties));
        });
    }

    @Modified
    void modified(Map<String, ?> config) {
        ShellEngine.SETTINGS.ifValid(config, engine::apply);
    }

    @Deactivate
    void deactivate() {
        registrations.forEach(ServiceRegistration::unregister);
        engine.close();
    }

    @Reference(
            name = "events",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindEvents(EventSystem service) {
        services.events.bind(service);
    }

    void unbindEvents(EventSystem service) {
        services.events.unbind(service);
    }

    @Reference(
            name = "dispatcher",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindDispatcher(EventDispatcher service) {
        services.dispatcher.bind(service);
    }

    void unbindDispatcher(EventDispatcher service) {
        services.dispatcher.unbind(service);
    }

    @Reference(
            name = "monitor",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindMonitor(EventMonitor service) {
        services.monitor.bind(service);
    }

    void unbindMonitor(EventMonitor service) {
        services.monitor.unbind(service);
    }

    @Reference(
            name = "scheduler",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindScheduler(EventScheduler service) {
        services.scheduler.bind(service);
    }

    void unbindScheduler(EventScheduler service) {
        services.scheduler.unbind(service);
    }

    @Reference(
            name = "budget",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindBudget(MemoryBudget service) {
        services.budget.bind(service);
    }

    void unbindBudget(MemoryBudget service) {
        services.budget.unbind(service);
    }

    @Reference(
            name = "crypto",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindCrypto(CryptoService service) {
        services.crypto.bind(service);
    }

    void unbindCrypto(CryptoService service) {
        services.crypto.unbind(service);
    }

    @Reference(
            name = "sealer",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindSealer(EventSealer service) {
        services.sealer.bind(service);
    }

    void unbindSealer(EventSealer service) {
        services.sealer.unbind(service);
    }

    @Reference(
            name = "keys",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindKeys(KeyAdmin service) {
        services.keys.bind(service);
    }

    void unbindKeys(KeyAdmin service) {
        services.keys.unbind(service);
    }

    @Reference(
            name = "policy",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindPolicy(PolicyAdmin service) {
        services.policy.bind(service);
    }

    void unbindPolicy(PolicyAdmin service) {
        services.policy.unbind(service);
    }

    @Reference(
            name = "trail",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindTrail(AuditTrail service) {
        services.trail.bind(service);
    }

    void unbindTrail(AuditTrail service) {
        services.trail.unbind(service);
    }

    @Reference(
            name = "authenticator",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindAuthenticator(Authenticator service) {
        services.authenticator.bind(service);
    }

    void unbindAuthenticator(Authenticator service) {
        services.authenticator.unbind(service);
    }

    @Reference(
            name = "accounts",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindAccounts(UserAccounts service) {
        services.accounts.bind(service);
    }

    void unbindAccounts(UserAccounts service) {
        services.accounts.unbind(service);
    }

    @Reference(
            name = "admission",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindAdmission(BundleAdmission service) {
        services.admission.bind(service);
    }

    void unbindAdmission(BundleAdmission service) {
        services.admission.unbind(service);
    }

    @Reference(
            name = "trainer",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindTrainer(IntentTrainer service) {
        services.trainer.bind(service);
    }

    void unbindTrainer(IntentTrainer service) {
        services.trainer.unbind(service);
    }

    @Reference(
            name = "models",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindModels(ModelStore service) {
        services.models.bind(service);
    }

    void unbindModels(ModelStore service) {
        services.models.unbind(service);
    }

    @Reference(
            name = "recognizers",
            service = IntentRecognizer.class,
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC)
    void bindRecognizer(ServiceReference<IntentRecognizer> reference) {
        services.recognizers.put(reference, new RecognizerService(context, reference));
    }

    void updatedRecognizer(ServiceReference<IntentRecognizer> reference) {
        bindRecognizer(reference);
    }

    void unbindRecognizer(ServiceReference<IntentRecognizer> reference) {
        services.recognizers.remove(reference);
    }

    @Reference(
            name = "contexts",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindContexts(SecurityContexts service) {
        services.contexts.bind(service);
    }

    void unbindContexts(SecurityContexts service) {
        services.contexts.unbind(service);
    }

    @Reference(
            name = "processor",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindProcessor(CommandProcessor service) {
        services.processor.bind(service);
    }

    void unbindProcessor(CommandProcessor service) {
        services.processor.unbind(service);
    }

    @Reference(name = "providers", cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindProvider(QueueProvider service) {
        services.providers.add(service);
    }

    void unbindProvider(QueueProvider service) {
        services.providers.remove(service);
    }

    @Reference(
            name = "access",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindAccess(AccessControl service) {
        services.guard.bind(service);
        services.accessControl(service);
    }

    void unbindAccess(AccessControl service) {
        services.guard.unbind(service);
        services.accessControlLeft(service);
    }

    @Reference(
            name = "audit",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindAudit(AuditSink service) {
        services.guard.bind(service);
    }

    void unbindAudit(AuditSink service) {
        services.guard.unbind(service);
    }
}
