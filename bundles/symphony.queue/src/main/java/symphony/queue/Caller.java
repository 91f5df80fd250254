package symphony.queue;

import java.util.Map;
import java.util.function.Supplier;
import symphony.api.audit.Outcome;
import symphony.api.rbac.Decision;
import symphony.component.Guard;

/**
 * A bundle that works with queues by itself. Thread-safe.
 *
 * @param guard asked and told
 * @param name its principal
 */
record Caller(Guard guard, String name) {
    private static final String QUEUE = "queue";
    private static final String USE = "use";

    /** Instance of a permission for all. */
    static final String ALL = "*";

    /** Throws {@link symphony.api.rbac.AccessDeniedException} if it has not the permission. */
    Decision check(String domain, String action, String instance) {
        return guard.check(name, domain, action, instance);
    }

    /** The same for work with any queue. */
    Decision checkUse() {
        return check(QUEUE, USE, ALL);
    }

    /** The same for looking at all queues. */
    void checkList() {
        check(QUEUE, "list", ALL);
    }

    /** Changes something about queues if it may; that is in the trail before. */
    <T> T use(String target, String call, Supplier<T> change) {
        Decision decision = checkUse();
        String action = QUEUE + ':' + USE;
        var details = Map.of("call", call);
        record(action, target, Outcome.DONE, details, decision);
        try {
            return change.get();
        } catch (RuntimeException | Error e) {
            try {
                record(action, target, Outcome.FAILED, details, decision);
            } catch (RuntimeException alsoFailed) {
                e.addSuppressed(alsoFailed);
            }
            throw e;
        }
    }

    void record(String action, String target, Outcome outcome, Map<String, String> details, Decision decision) {
        guard.record(name, action, target, outcome, details, decision);
    }
}
