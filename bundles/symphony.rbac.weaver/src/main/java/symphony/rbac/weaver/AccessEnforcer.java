package symphony.rbac.weaver;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.rbac.AccessControl;
import symphony.api.rbac.AccessDeniedException;
import symphony.api.rbac.AccessUndecidedException;
import symphony.api.rbac.Decision;
import symphony.api.rbac.Permission;
import symphony.api.rbac.RequiresPermission.Mode;
import symphony.api.rbac.SecurityContext;
import symphony.api.rbac.weaving.Demand;
import symphony.api.rbac.weaving.Enforcer;
import symphony.api.rbac.weaving.GuardedMethod;
import symphony.component.Guard;
import symphony.component.QuietLog;

/**
 * Answers woven checks by access control. Without it everything is allowed, or, where security is required, nothing. Denials
 * are audited. Thread-safe.
 */
public final class AccessEnforcer implements Enforcer {
    /*
     * Answers are kept by guarded methods as long as the mark is the same. It comes from what decides, at each check, so that
     * nobody has to tell of a change in time. Guarded methods get a token in its place, which keeps no loader alive, whatever
     * access control has for a mark. A token is of one mark of one service: who finds another one makes another token.
     */
    private static final Logger log = LoggerFactory.getLogger(AccessEnforcer.class);
    private static final String NOBODY = "(nobody)";

    private final QuietLog failures = new QuietLog(System::nanoTime);
    private final Guard guard;
    private final Denials denials;
    private volatile Deciding deciding = new Deciding(null, false);
    private volatile Marked marked = new Marked(deciding, deciding);

    /** Who decides at one time: null for nobody. Another one each time, also if it is the same again. */
    private static final class Deciding {
        private final AccessControl service;
        private final boolean closed;

        Deciding(AccessControl service, boolean closed) {
            this.service = service;
            this.closed = closed;
        }
    }

    private static final class Marked {
        private final Deciding deciding;
        private final Object mark;
        private final Object token = new Object();

        Marked(Deciding deciding, Object mark) {
            this.deciding = deciding;
            this.mark = mark;
        }
    }

    /**
     * Without access control yet.
     *
     * @param guard takes what is to be audited, and knows whether security is required
     */
    public AccessEnforcer(Guard guard) {
        this.guard = guard;
        this.denials = new Denials(guard);
    }

    /**
     * Whom to ask from now on; no answer from before is taken.
     *
     * @param service access control, null for none
     */
    public synchronized void ask(AccessControl service) {
        if (!deciding.closed && deciding.service != service) {
            deciding = new Deciding(service, false);
        }
    }

    /** Nobody is allowed anything from now on, not even by a check that has begun. */
    synchronized void close() {
        deciding = new Deciding(null, true);
    }

    @Override
    public Object mark() {
        Deciding now = deciding;
        Object mark = markOf(now);
        Marked last = marked;
        if (last.deciding != now || last.mark != mark) {
            last = new Marked(now, mark);
            marked = last;
        }
        return last.token;
    }

    private static Object markOf(Deciding now) {
        if (now.service == null) {
            return now;
        }
        try {
            return now.service.mark();
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            return new Object(); // it fails as it is asked, too, which is told there
        }
    }

    @Override
    public void check(GuardedMethod method, SecurityContext context, Object[] arguments) {
        Deciding now = deciding;
        if (now.service == null && !now.closed && !guard.required()) {
            return;
        }
        List<Demand> demands = method.demands(arguments);
        var question = new Question(now, method, context);
        Lacking lacking = question.lackingName();
        for (int i = 0; lacking == null && i < demands.size(); i++) {
            lacking = question.lacking(demands.get(i));
        }
        if (lacking != null) {
            denials.audit(lacking.denied(), lacking.decision(), method.toString(), context);
            throw lacking.denied();
        }
    }

    /**
     * A permission that is not there.
     *
     * @param denied told to the caller, who is not to know what decided
     * @param decision for the audit; without an id where nobody decided
     */
    private record Lacking(AccessDeniedException denied, Decision decision) {
        static Lacking undecided(AccessDeniedException denied) {
            return new Lacking(denied, new Decision(false, ""));
        }
    }

    /** One call: who is asked, for what, by whom. Makes nothing while the answer is yes. */
    private final class Question {
        private final Deciding now;
        private final GuardedMethod method;
        private final SecurityContext context;

        Question(Deciding now, GuardedMethod method, SecurityContext context) {
            this.now = now;
            this.method = method;
            this.context = context;
        }

        /** Whoever took somebody else's name may still do so; null if it is so. */
        Lacking lackingName() {
            if (context.by().isEmpty()) {
                return null;
            }
            String name = context.user().or(context::principal).orElse(NOBODY);
            return lacking(context.by().get(), CallerContexts.toRunAs(name));
        }

        /** What is not there of what is demanded; null if that is enough. */
        Lacking lacking(Demand demand) {
            List<Demand.Wanted> all = demand.wanted();
            boolean any = demand.mode() == Mode.ANY;
            Lacking first = null;
            for (int i = 0; i < all.size(); i++) {
                Lacking lacking = lacking(all.get(i));
                if (any && lacking == null) {
                    return null;
                }
                if (first == null) {
                    first = lacking;
                }
                if (!any && first != null) {
                    break;
                }
            }
            return first;
        }

        /** Why the permission is not there, because the principal lacks it, or its user does; null if it is there. */
        private Lacking lacking(Demand.Wanted wanted) {
            Permission permission = wanted.permission();
            if (context.principal().isEmpty()) {
                return Lacking.undecided(
                        denied(NOBODY, permission, "no security context is bound to the thread, see SecurityContexts"));
            }
            String principal = context.principal().get();
            if (!wanted.problem().isEmpty()) {
                return Lacking.undecided(denied(principal, permission, wanted.problem()));
            }
            Lacking lacking = lacking(principal, permission);
            return lacking != null || context.user().isEmpty()
                    ? lacking
                    : lacking(context.user().get(), permission);
        }

        private Lacking lacking(String actor, Permission permission) {
            if (now.service == null) {
                return Lacking.undecided(undecided(
                        actor,
                        permission,
                        now.closed
                                ? "symphony.rbac.weaver is being stopped"
                                : "security is required and no access control is there"));
            }
            try {
                Decision decision = now.service.decide(actor, permission);
                return decision.allowed()
                        ? null
                        : new Lacking(denied(actor, permission, "context " + context), decision);
            } catch (AccessDeniedException e) { // it cannot decide, and says why
                return Lacking.undecided(e);
            } catch (RuntimeException | LinkageError | StackOverflowError e) { // as while its bundle is replaced
                failures.write(more -> log.warn(
                        "access control failed as it was asked for {} of {} ({} more not told)",
                        permission,
                        actor,
                        more,
                        e));
                return Lacking.undecided(undecided(actor, permission, "access control failed as it was asked: " + e));
            }
        }

        private AccessDeniedException denied(String actor, Permission permission, String why) {
            return new AccessDeniedException(actor, permission, neededBecause(why));
        }

        private AccessDeniedException undecided(String actor, Permission permission, String why) {
            return new AccessUndecidedException(actor, permission, neededBecause(why));
        }

        private String neededBecause(String why) {
            return "needed to call " + method + "; " + why;
        }
    }
}
