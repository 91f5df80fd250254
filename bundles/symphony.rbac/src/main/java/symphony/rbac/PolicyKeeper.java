package symphony.rbac;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.audit.Outcome;
import symphony.api.rbac.PolicyReload;
import symphony.api.rbac.PolicyView.Origin;
import symphony.component.Guard;

/**
 * Keeps the policy in force the one that the file has: looks at the file, judges what is new there, puts it in force or
 * refuses it. One thread only, but for what says otherwise.
 */
final class PolicyKeeper {
    /*
     * The file is looked at, not watched by the operating system: that would miss a folder that was replaced, and network
     * file systems. It is read whole each time, since times and sizes do not change with each content.
     *
     * What is new counts once two looks have found it, so that a file that is just being written over is not taken for a
     * policy that nobody wrote: a mixture of two may be a good one by chance. A file that is moved into its place is whole
     * from the first moment, and waits the same short time.
     *
     * A policy is put in force after the audit has taken that it will be, and not before it has (ADR 22). Only the first one
     * of a start does not wait: else the order in which services start, or an audit that hangs, would decide whether anything
     * is granted. The audit is told of it right after, and of nothing else before.
     */
    private static final Logger log = LoggerFactory.getLogger(PolicyKeeper.class);
    private static final String SWAP = "policy:swap";
    private static final long SETTLE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final InForce inForce;
    private final boolean development;
    private final Set<String> systemBundles;
    private final Guard guard;
    private final Runnable changed;

    private PolicyFile file;
    private Optional<Sighting> judged = Optional.empty();
    private Optional<Sighting> candidate = Optional.empty();
    private volatile boolean started; // written by the policy thread only, as the rest

    /** The first policy is in force, and the audit does not know it yet. */
    private Optional<Swap> late = Optional.empty();

    private boolean lateWarned;

    /** Hash of what is not put in force before that is audited; empty if nothing waits for that. */
    private String waiting = "";

    /** What was wrong with what was judged last; empty if it is in force. */
    private String verdict = "";

    /** Why what lies in the file's place is not in force; empty if it is. Read by all. */
    private volatile String problem = "";

    /** What the audit is told of a policy that is put in force. */
    private record Swap(String actor, String target, String before, String after, long epoch) {}

    /**
     * Before the first look.
     *
     * @param file where the policy lies
     * @param development whether a policy is made where there is none
     * @param systemBundles names of the system bundle
     * @param guard takes what is to be audited
     * @param changed called after each change of what is in force
     */
    PolicyKeeper(
            InForce inForce,
            PolicyFile file,
            boolean development,
            Set<String> systemBundles,
            Guard guard,
            Runnable changed) {
        this.inForce = inForce;
        this.file = file;
        this.development = development;
        this.systemBundles = systemBundles;
        this.guard = guard;
        this.changed = changed;
    }

    /** Why what lies in the file's place is not in force; empty if it is. Any thread. */
    String problem() {
        return problem;
    }

    /** Looks there from now on. */
    void moveTo(PolicyFile other) {
        if (other.path().equals(file.path())) {
            return;
        }
        file = other;
        judged = Optional.empty();
        candidate = Optional.empty();
    }

    /**
     * Looks at the file.
     *
     * @return whether another look should follow soon, since something was found that may not be whole yet
     */
    boolean look() {
        var seen = Optional.of(file.look());
        boolean same = seen.equals(judged);
        if (!same && started && !seen.equals(candidate)) {
            candidate = seen;
            return true;
        }
        candidate = Optional.empty();
        if (same) {
            forgetWaiting();
        } else {
            judge(seen.get(), RbacEngine.PID);
        }
        return false;
    }

    /** What was judged before is there again, if there was anything else meanwhile. */
    private void forgetWaiting() {
        waiting = "";
        problem = verdict;
    }

    private void verdict(String of) {
        waiting = "";
        verdict = of;
        problem = of;
    }

    /** When to look again at what may not be whole. */
    static long settleNanos() {
        return SETTLE_NANOS;
    }

    /** Looks at the file and takes what it finds for whole. */
    PolicyReload reload(String actor) {
        candidate = Optional.empty();
        Sighting seen = file.look();
        if (!judged.equals(Optional.of(seen))) {
            return judge(seen, actor);
        }
        forgetWaiting();
        return problem.isEmpty() ? unchanged() : new PolicyReload.Refused(problem);
    }

    private PolicyReload unchanged() {
        return new PolicyReload.Unchanged(inForce.policy().hash());
    }

    private PolicyReload judge(Sighting seen, String actor) {
        boolean first = !started;
        started = true;
        if (first) {
            warnIfOpen();
        }
        if (seen instanceof Sighting.Content content) {
            return judge(content, actor, first);
        }
        PolicyReload result = seen instanceof Sighting.Unusable unusable
                ? refuse("", unusable.reason(), "", actor)
                : absent(actor, first);
        if (waiting.isEmpty()) { // else it is looked at again
            judged = Optional.of(seen);
        }
        return result;
    }

    private void warnIfOpen() {
        try {
            if (!file.knowsOwners()) {
                log.warn(
                        "{}: this file system has no owner-only permissions; make sure that nobody else writes {}",
                        RbacEngine.PID,
                        file.path());
            }
        } catch (IOException e) {
            log.debug("no file store of {}", file.path(), e); // it is not there, as the look says
        }
    }

    private PolicyReload judge(Sighting.Content content, String actor, boolean first) {
        Policy policy;
        try {
            policy = Policy.of(Origin.FILE, file.path().toString(), file.name(), systemBundles, content.bytes());
        } catch (PolicyException e) {
            judged = Optional.of(content.known());
            return refuse(e.where(), e.getMessage(), content.hash(), actor);
        }
        if (policy.isSameAs(inForce.policy())) {
            judged = Optional.of(content.known());
            if (!problem.isEmpty()) {
                log.info("{}: {} is again as it is in force", RbacEngine.PID, file.path());
            }
            verdict("");
            return unchanged();
        }
        PolicyReload result = swap(policy, file.path().toString(), actor, first);
        if (result instanceof PolicyReload.Swapped) {
            judged = Optional.of(content.known()); // else it is looked at again
            tell(policy);
        }
        return result;
    }

    private void tell(Policy policy) {
        PolicyText text = policy.text();
        log.info(
                "{}: policy {} is in force, epoch {}: {} roles, {} bundles, {} users, SHA-256 {}",
                RbacEngine.PID,
                file.path(),
                inForce.epoch(),
                text.roles().size(),
                text.bundles().size(),
                text.users().size(),
                policy.hash());
    }

    private PolicyReload absent(String actor, boolean first) {
        Origin now = inForce.policy().origin();
        if (now == Origin.NONE && development) {
            return generate(actor, first);
        }
        switch (now) {
            case NONE -> {
                log.error(
                        "{}: no policy is in force: {} is not there; everything is denied until it is; docs/security.md "
                                + "says how to write one",
                        RbacEngine.PID,
                        file.path());
                verdict(Policy.NONE + ": write " + file.path());
            }
            case FILE -> gone(inForce.policy().place());
            case GENERATED -> verdict("");
        }
        return problem.isEmpty() ? unchanged() : new PolicyReload.Refused(problem);
    }

    private PolicyReload generate(String actor, boolean first) {
        PolicyReload result = swap(GeneratedPolicy.of(systemBundles), GeneratedPolicy.SOURCE, actor, first);
        if (result instanceof PolicyReload.Swapped) {
            log.warn(
                    "{}: *** GENERATED POLICY *** {} is not there: any bundle may publish, subscribe and schedule, and "
                            + "the shell may do everything; for development only",
                    RbacEngine.PID,
                    file.path());
        }
        return result;
    }

    private void gone(String place) {
        if (place.equals(file.path().toString())) {
            log.warn("{}: {} is gone; its policy stays in force until the next start", RbacEngine.PID, place);
            verdict("it is gone; put it back");
            return;
        }
        log.warn(
                "{}: {} is not there; the policy of {} stays in force until the next start",
                RbacEngine.PID,
                file.path(),
                place);
        verdict(file.path() + " is not there, and the policy of " + place + " stays in force; write the file");
    }

    private PolicyReload refuse(String where, String reason, String hash, String actor) {
        verdict(reason);
        switch (inForce.policy().origin()) {
            case NONE ->
                log.error(
                        "{}: no policy is in force: {} is refused, {}; everything is denied until it is mended",
                        RbacEngine.PID,
                        file.path(),
                        reason);
            case FILE ->
                log.warn(
                        "{}: {} is refused, {}; the policy before stays in force", RbacEngine.PID, file.path(), reason);
            case GENERATED ->
                log.warn(
                        "{}: {} is refused, {}; the generated policy stays in force, by which any bundle may publish, "
                                + "subscribe and schedule, and the shell may do everything",
                        RbacEngine.PID,
                        file.path(),
                        reason);
        }
        try { // without what stands in it: whatever lies there may be a secret that was put there by mistake
            guard.record(
                    actor,
                    SWAP,
                    file.path().toString(),
                    Outcome.FAILED,
                    Map.of("before", inForce.policy().hash(), "after", hash, "where", where));
        } catch (RuntimeException | LinkageError | StackOverflowError e) { // it is refused anyway
            log.warn("{}: the refusal of {} could not be audited: {}", RbacEngine.PID, file.path(), e.toString());
        }
        return new PolicyReload.Refused(reason);
    }

    private PolicyReload swap(Policy policy, String target, String actor, boolean first) {
        String before = inForce.policy().hash();
        var swap = new Swap(actor, target, before, policy.hash(), inForce.epoch() + 1);
        if (first) {
            late = Optional.of(swap);
        } else {
            try {
                recordLate();
                record(swap);
            } catch (RuntimeException
                    | LinkageError
                    | StackOverflowError e) { // audit is away, or is just being replaced
                return notAudited(policy, target, e);
            }
        }
        verdict("");
        inForce.put(policy);
        changed.run();
        return new PolicyReload.Swapped(before, policy.hash(), inForce.epoch());
    }

    private PolicyReload notAudited(Policy policy, String target, Throwable failure) {
        problem = "it is not put in force before that is audited, which failed: " + failure;
        if (!waiting.equals(policy.hash())) {
            waiting = policy.hash();
            log.warn(
                    "{}: {} is not put in force before that is audited, it is tried again with each look: {}",
                    RbacEngine.PID,
                    target,
                    failure.toString());
        }
        return new PolicyReload.Refused(problem);
    }

    private void record(Swap swap) {
        guard.record(
                swap.actor,
                SWAP,
                swap.target,
                Outcome.DONE,
                Map.of("before", swap.before, "after", swap.after, "epoch", Long.toString(swap.epoch)));
    }

    /** Tells the audit of the first policy, if it does not know it yet. */
    void tellLate() {
        try {
            recordLate();
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            if (lateWarned) {
                log.debug("still not audited", e);
                return;
            }
            lateWarned = true;
            log.warn(
                    "{}: it could not be audited yet that the policy {} is in force, it is tried again with each look: {}",
                    RbacEngine.PID,
                    late.map(Swap::target).orElse(""),
                    e.toString());
        }
    }

    private void recordLate() {
        if (late.isPresent()) {
            record(late.get());
            late = Optional.empty();
        }
    }

    /** Looks no more; the audit is told once more of what it does not know yet. */
    void close() {
        try {
            recordLate();
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            log.error(
                    "{}: the audit does not know that the policy {} was in force, SHA-256 {}: {}",
                    RbacEngine.PID,
                    late.map(Swap::target).orElse(""),
                    late.map(Swap::after).orElse(""),
                    e.toString());
        }
    }
}
