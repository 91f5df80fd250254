package symphony.nlp;

import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import symphony.api.audit.Outcome;
import symphony.api.nlp.OperationLimits;
import symphony.api.nlp.TimeLimitException;
import symphony.api.rbac.Decision;
import symphony.api.rbac.Permission;
import symphony.api.scheduler.Timer;
import symphony.component.Guard;

/** Runs operations on utterances: asked, within limits, audited, in this order. Thread-safe. */
final class Operations {
    private static final String ENDED = "ended";
    private static final String FAILURE = "failure";

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
        checkOwn(permission);
        Decision decision = check(principal, permission);
        OperationLimits limits = own.and(configured);
        try {
            checkLength(permission, input.length(), limits);
        } catch (IllegalArgumentException e) { // what is refused for its length is not hashed
            var details = Map.of(
                    "chars",
                    Integer.toString(input.length()),
                    FAILURE,
                    e.getClass().getName());
            submitFailure(principal, permission, decision, details, e);
            throw e;
        }
        T result;
        try {
            result = limited(permission, limits, work);
        } catch (Exception | Error e) {
            auditFailure(principal, permission, decision, input, e);
            throw e;
        }
        audit(principal, permission, decision, input, Outcome.DONE, Map.of());
        return result;
    }

    /** As {@link #run}, of a method, whose begin and end are audited. Its input is asked for its text only if it is short enough. */
    <T> T runMethod(
            String principal,
            String method,
            Permission permission,
            CharSequence input,
            OperationLimits own,
            Callable<? extends T> work)
            throws Exception {
        Decision decision = check(principal, permission);
        OperationLimits limits = own.and(configured);
        int chars = input.length();
        var details = new HashMap<String, String>();
        details.put("method", method);
        details.put("chars", Integer.toString(chars));
        try {
            checkLength(permission, chars, limits);
        } catch (IllegalArgumentException e) {
            submitFailure(principal, permission, decision, with(details, Map.of(ENDED, "TOO_LONG")), e);
            throw e;
        }
        details.put("hash", hash.of(input.toString()));
        details.put("operation", UUID.randomUUID().toString());
        submit(principal, permission, decision, Outcome.DONE, with(details, Map.of("step", "begin")));
        details.put("step", "end");
        long begun = timer.nanoTime();
        T result;
        try {
            result = limited(permission, limits, work);
        } catch (Exception | Error e) {
            details.put("millis", millisSince(begun));
            details.put(ENDED, e instanceof TimeLimitException ? "TIME_LIMIT" : "FAILED");
            details.put(FAILURE, e.getClass().getName());
            submitFailure(principal, permission, decision, details, e);
            throw e;
        }
        details.put("millis", millisSince(begun));
        details.put(ENDED, "OK");
        submit(principal, permission, decision, Outcome.DONE, details);
        return result;
    }

    /** Else a bundle could have records in the trail that look like those of other parts. */
    private static void checkOwn(Permission permission) {
        if (!permission.domain().equals(NlpEngine.DOMAIN)) {
            throw new IllegalArgumentException("operation with permission " + permission + ": its domain must be "
                    + NlpEngine.DOMAIN + "; a method with another one has @SecureOperation");
        }
    }

    private static void checkLength(Permission permission, int chars, OperationLimits limits) {
        if (chars > limits.maxChars()) {
            throw new IllegalArgumentException(permission + ": its input has " + chars + " characters, must be "
                    + limits.maxChars() + " at most; see utterance.chars in PID " + NlpSettings.PID);
        }
    }

    private static Map<String, String> with(Map<String, String> details, Map<String, String> more) {
        var all = new HashMap<>(details);
        all.putAll(more);
        return all;
    }

    private String millisSince(long begun) {
        return Long.toString(TimeUnit.NANOSECONDS.toMillis(timer.nanoTime() - begun));
    }

    Decision check(String principal, Permission permission) {
        return guard.check(principal, permission.domain(), permission.action(), permission.instance());
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

    private void auditFailure(
            String principal, Permission permission, Decision decision, String input, Throwable failure) {
        try {
            audit(
                    principal,
                    permission,
                    decision,
                    input,
                    Outcome.FAILED,
                    Map.of(FAILURE, failure.getClass().getName()));
        } catch (RuntimeException e) {
            failure.addSuppressed(e); // it failed anyway
        }
    }

    private void submitFailure(
            String principal,
            Permission permission,
            Decision decision,
            Map<String, String> details,
            Throwable failure) {
        try {
            submit(principal, permission, decision, Outcome.FAILED, details);
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    private void audit(
            String principal,
            Permission permission,
            Decision decision,
            String input,
            Outcome outcome,
            Map<String, String> more) {
        var details = new HashMap<>(more);
        details.put("chars", Integer.toString(input.length()));
        details.put("hash", hash.of(input));
        submit(principal, permission, decision, outcome, details);
    }

    private void submit(
            String principal, Permission permission, Decision decision, Outcome outcome, Map<String, String> details) {
        guard.submit(
                principal,
                permission.domain() + ':' + permission.action(),
                permission.instance(),
                outcome,
                details,
                decision);
    }
}
