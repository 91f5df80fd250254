package symphony.shell;

import java.util.Optional;
import java.util.concurrent.Callable;
import symphony.api.rbac.AccessDeniedException;
import symphony.api.rbac.Permission;
import symphony.api.rbac.SecurityContext;
import symphony.component.Guard;

/**
 * Who made a handler in the shell, in whose name it goes on. Thread-safe.
 *
 * @param services decide about permissions
 * @param context of the user; empty if nobody was logged in
 */
record Maker(Services services, Optional<SecurityContext> context) {
    /** The user's principal; empty if nobody was logged in. */
    String name() {
        return context.flatMap(SecurityContext::user).orElse("");
    }

    /** Whether the user may still get what is on a topic. The shell's bundle was asked by who delivers the event. */
    boolean mayReceive(String topic) {
        return name().isEmpty() || services.guard.ask(name(), "event", "receive", topic) == Guard.Answer.YES;
    }

    /** Returns if {@link #mayReceive}; what it throws makes a dead letter of the event. */
    void checkReceive(String topic) {
        if (!mayReceive(topic)) {
            throw new AccessDeniedException(name(), new Permission("event", "receive", topic), "");
        }
    }

    /** Runs a block as the user, if there is one. */
    <T> T call(Callable<T> block) throws Exception {
        return context.isPresent() ? context.get().call(block) : block.call();
    }
}
