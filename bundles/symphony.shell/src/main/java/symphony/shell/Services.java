package symphony.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.felix.service.command.CommandProcessor;
import symphony.api.crypto.CryptoService;
import symphony.api.crypto.EventSealer;
import symphony.api.crypto.KeyAdmin;
import symphony.api.dispatcher.EventDispatcher;
import symphony.api.dispatcher.EventMonitor;
import symphony.api.event.EventSystem;
import symphony.api.queue.MemoryBudget;
import symphony.api.queue.QueueProvider;
import symphony.api.rbac.AccessControl;
import symphony.api.rbac.PolicyAdmin;
import symphony.api.scheduler.EventScheduler;
import symphony.component.Guard;

/** The services that commands use. Each may be missing, and come and go at any time. Thread-safe. */
final class Services {
    /** The principal of all that the shell does. */
    static final String PRINCIPAL = "symphony.shell";

    final Slot<EventSystem> events = new Slot<>("event system", "symphony.eventsystem");
    final Slot<EventDispatcher> dispatcher = new Slot<>("dispatcher", "symphony.dispatcher");
    final Slot<EventMonitor> monitor = new Slot<>("event monitor", "symphony.dispatcher");
    final Slot<EventScheduler> scheduler = new Slot<>("scheduler", "symphony.scheduler");
    final Slot<MemoryBudget> budget = new Slot<>("memory budget", "symphony.queue");
    final Slot<CryptoService> crypto = new Slot<>("crypto service", "symphony.crypto");
    final Slot<KeyAdmin> keys = new Slot<>("key admin", "symphony.crypto");
    final Slot<EventSealer> sealer = new Slot<>("event sealer", "symphony.crypto");
    final Slot<PolicyAdmin> policy = new Slot<>("policy admin", "symphony.rbac");
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

    void check(String domain, String action, String instance) {
        guard.check(PRINCIPAL, domain, action, instance);
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
