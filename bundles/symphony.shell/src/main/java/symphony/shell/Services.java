package symphony.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.felix.service.command.CommandProcessor;
import symphony.api.admission.BundleAdmission;
import symphony.api.audit.AuditTrail;
import symphony.api.crypto.CryptoService;
import symphony.api.crypto.EventSealer;
import symphony.api.crypto.KeyAdmin;
import symphony.api.dispatcher.EventDispatcher;
import symphony.api.dispatcher.EventMonitor;
import symphony.api.event.EventSystem;
import symphony.api.nlp.IntentTrainer;
import symphony.api.nlp.ModelStore;
import symphony.api.queue.MemoryBudget;
import symphony.api.queue.QueueProvider;
import symphony.api.rbac.AccessControl;
import symphony.api.rbac.Decision;
import symphony.api.rbac.PolicyAdmin;
import symphony.api.rbac.SecurityContexts;
import symphony.api.scheduler.EventScheduler;
import symphony.api.user.Authenticator;
import symphony.api.user.UserAccounts;
import symphony.component.Guard;

/** The services that commands use. Each may be missing, and come and go at any time. Thread-safe. */
final class Services {
    /** The principal of all that the shell does. */
    static final String PRINCIPAL = "symphony.shell";

    private static final String DISPATCHER = "dispatcher";
    private static final String LIST = "list";

    final Slot<EventSystem> events = new Slot<>("event system", "symphony.eventsystem");
    final Slot<EventDispatcher> dispatcher = new Slot<>("dispatcher", "symphony.dispatcher");
    final Slot<EventMonitor> monitor = new Slot<>("event monitor", "symphony.dispatcher");
    final Slot<EventScheduler> scheduler = new Slot<>("scheduler", "symphony.scheduler");
    final Slot<MemoryBudget> budget = new Slot<>("memory budget", "symphony.queue");
    final Slot<CryptoService> crypto = new Slot<>("crypto service", "symphony.crypto");
    final Slot<KeyAdmin> keys = new Slot<>("key admin", "symphony.crypto");
    final Slot<EventSealer> sealer = new Slot<>("event sealer", "symphony.crypto");
    final Slot<PolicyAdmin> policy = new Slot<>("policy admin", "symphony.rbac");
    final Slot<AuditTrail> trail = new Slot<>("audit trail", "symphony.audit");
    final Slot<Authenticator> authenticator = new Slot<>("authenticator", "symphony.users");
    final Slot<UserAccounts> accounts = new Slot<>("account service", "symphony.users");
    final Slot<BundleAdmission> admission = new Slot<>("bundle admission", "symphony.admission");
    final Slot<IntentTrainer> trainer = new Slot<>("trainer of models", "symphony.nlp");
    final Slot<ModelStore> models = new Slot<>("store of models", "symphony.nlp");
    final Recognizers recognizers = new Recognizers();
    final Slot<SecurityContexts> contexts = new Slot<>("context service", "symphony.rbac.weaver");
    final Slot<CommandProcessor> processor = new Slot<>("command processor", "org.apache.felix.gogo.runtime");
    final List<QueueProvider> providers = new CopyOnWriteArrayList<>();
    final Guard guard;
    private final AtomicReference<AccessControl> access = new AtomicReference<>();

    Services(Guard guard) {
        this.guard = guard;
    }

    /** Whether somebody decides about permissions. */
    boolean hasAccessControl() {
        return access.get() != null;
    }

    void accessControl(AccessControl arrived) {
        access.set(arrived);
    }

    void accessControlLeft(AccessControl left) {
        access.compareAndSet(left, null);
    }

    List<QueueProvider> someProviders() throws CommandException {
        List<QueueProvider> there = new ArrayList<>(providers);
        if (there.isEmpty()) {
            throw missing("queue provider", "symphony.queue");
        }
        return there;
    }

    Decision check(String domain, String action, String instance) {
        return guard.check(PRINCIPAL, domain, action, instance);
    }

    /** Whether the shell's bundle and who is at work have a permission. Whatever the answer, nothing is audited. */
    boolean wouldAllow(String domain, String action, String instance) {
        return guard.wouldAllow(PRINCIPAL, domain, action, instance);
    }

    /** Whether {@link #checkListing} would let it be. */
    boolean mayList() {
        return wouldAllow(DISPATCHER, LIST, DISPATCHER);
    }

    /** Before all handlers or subscriptions are shown: without the permission the dispatcher gives the shell's own only. */
    void checkListing() {
        check(DISPATCHER, LIST, DISPATCHER);
    }

    private static CommandException missing(String what, String bundle) {
        return new CommandException("no " + what + " is there; install or start the bundle " + bundle);
    }

    /**
     * Place of one service.
     *
     * @param <T> its type
     */
    static final class Slot<T> {
        private final String what;
        private final String bundle;
        private final AtomicReference<T> service = new AtomicReference<>();

        private Slot(String what, String bundle) {
            this.what = what;
            this.bundle = bundle;
        }

        void bind(T arrived) {
            service.set(arrived);
        }

        /** It left, unless another came before. */
        void unbind(T left) {
            service.compareAndSet(left, null);
        }

        /** What it is, for people. */
        String what() {
            return what;
        }

        /** The service now, or null. */
        T now() {
            return service.get();
        }

        T get() throws CommandException {
            T there = service.get();
            if (there == null) {
                throw missing(what, bundle);
            }
            return there;
        }
    }
}
