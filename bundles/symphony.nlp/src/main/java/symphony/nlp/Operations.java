package symphony.nlp;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import symphony.api.audit.Outcome;
import symphony.api.nlp.OperationLimits;
import symphony.api.nlp.TimeLimitException;
import symphony.api.rbac.Permission;
import symphony.api.scheduler.Timer;
import symphony.component.Guard;

/** Runs operations on utterances: asked, within limits, audited, in this order. Thread-safe. */
final class Operations {
    private final Guard guard;
    private final Timer timer;
    private final TextHash hash;
    private volatile OperationLimits configured;

    Operations(Guard guard, Timer timer, TextHash hash, OperationLimits configured) {
        this.guard = guard;
        this.timer = timer;
        this.hash = hash;
        this.configured = configured;
    }

    void apply(OperationLimits changed) {
        configured = changed;
    }

    /** Runs one for a principal, and the user who is bound to the thread. */
    <T> T run(String principal, Permission permission, String input, OperationLimits own, Callable<? extends T> work)
            throws Exception {
        check(principal, permission);
        T result;
        try {
            OperationLimits limits = own.and(configured);
            if (input.length() > limits.maxChars()) {
                throw new IllegalArgumentException(permission + ": its input has " + input.length()
                        + " characters, must be " + limits.maxChars() + " at most; see utterance.chars in PID "
                        + NlpSettings.PID);
            }
            result = limited(permission, limits, work);
        } catch (Exception | Error e) {
            auditFailure(principal, permission, input, e);
            throw e;
        }
        audit(principal, permission, input, Outcome.DONE, Map.of());
        return result;
    }

    void check(String principal, Permission permission) {
        guard.check(principal, permission.domain(), permission.action(), permission.instance());
    }

    private <T> T limited(Permission permission, OperationLimits limits, Callable<? extends T> work) throws Exception {
        var limit = new TimeLimit(timer, limits.timeLimit());
        Exception failure = null;
        T result = null;
        boolean late;
        try {
            result = work.call();
        } catch (Exception e) {
            failure = e;
        } finally {
            late = limit.end();
        }
        if (late) {
            var tooLate = new TimeLimitException(permission.toString(), limits.timeLimit());
            if (failure != null) {
                tooLate.initCause(failure);
            }
            throw tooLate;
        }
        if (failure != null) {
            throw failure;
        }
        return result;
    }

    private void auditFailure(String principal, Permission permission, String input, Throwable failure) {
        try {
            audit(
                    principal,
                    permission,
                    input,
                    Outcome.FAILED,
                    Map.of("failure", failure.getClass().getName()));
        } catch (RuntimeException e) {
            failure.addSuppressed(e); // it failed anyway
        }
    }

    private void audit(
            String principal, Permission permission, String input, Outcome outcome, Map<String, String> more) {
        var details = new HashMap<>(more);
        details.put("chars", Integer.toString(input.length()));
        details.put("hash", hash.of(input));
        guard.submit(
                principal, permission.domain() + ':' + permission.action(), permission.instance(), outcome, details);
    }
}
