package symphony.crypto;

import java.util.Map;
import symphony.api.audit.Outcome;
import symphony.api.rbac.Decision;
import symphony.component.Guard;

/**
 * A bundle that seals and opens by itself. Thread-safe.
 *
 * @param guard asked and told
 * @param name its principal
 */
record Caller(Guard guard, String name) {
    /**
     * Opens something.
     *
     * @param <T> what comes out
     * @param <E> what it may throw
     */
    @FunctionalInterface
    interface Opening<T, E extends Exception> {
        T open() throws E;
    }

    /** Throws {@link symphony.api.rbac.AccessDeniedException} if it has not the permission. */
    Decision check(String action, String instance) {
        return guard.check(name, KeyOperations.DOMAIN, action, instance);
    }

    /**
     * Opens if it has the permission; that is in the trail before. Where nobody is asked and no audit is there, it
     * would only fill the log.
     */
    <T, E extends Exception> T open(String action, String target, Map<String, String> details, Opening<T, E> opening)
            throws E {
        Decision decision = check(action, target);
        if (guard.allowsAll() && !guard.counts()) {
            return opening.open();
        }
        String audited = KeyOperations.DOMAIN + ':' + action;
        guard.record(name, audited, target, Outcome.DONE, details, decision);
        try {
            return opening.open();
        } catch (Exception | Error e) {
            try {
                guard.record(name, audited, target, Outcome.FAILED, details, decision);
            } catch (RuntimeException alsoFailed) {
                e.addSuppressed(alsoFailed);
            }
            throw e;
        }
    }
}
