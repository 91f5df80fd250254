package symphony.rbac.weaver;

import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import symphony.api.audit.Outcome;
import symphony.api.rbac.AccessDeniedException;
import symphony.api.rbac.Decision;
import symphony.api.rbac.Permission;
import symphony.api.rbac.SecurityContext;
import symphony.component.Excerpt;
import symphony.component.Guard;
import symphony.component.QuietLog;

/** Has it audited that somebody was not allowed to call a method. Thread-safe. */
final class Denials {
    private static final Logger log = LoggerFactory.getLogger(Denials.class);

    /** Of a permission that arguments of the call are in, of a name, of a reason. */
    private static final int MOST_CHARS = 300;

    private final QuietLog notAudited = new QuietLog(System::nanoTime);
    private final Guard guard;

    Denials(Guard guard) {
        this.guard = guard;
    }

    /** The same where nobody decided. */
    void audit(AccessDeniedException denied, String method, SecurityContext context) {
        audit(denied, new Decision(false, ""), method, context);
    }

    /** The decision goes to the record alone. */
    void audit(AccessDeniedException denied, Decision decision, String method, SecurityContext context) {
        var details = new LinkedHashMap<String, String>();
        details.put("method", method);
        context.by().ifPresent(by -> details.put("by", by));
        try {
            Permission permission = Permission.of(denied.permission());
            guard.record(
                    denied.principal(),
                    permission.domain() + ':' + permission.action(),
                    permission.instance(),
                    Outcome.DENIED,
                    Map.copyOf(details),
                    decision);
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            // It is refused anyway; that the trail lacks it must not change the answer.
            notAudited.write(more -> log.warn(
                    "the denial of {} to {} could not be audited ({} more not told): {}",
                    Excerpt.of(denied.permission(), MOST_CHARS),
                    Excerpt.of(denied.principal(), MOST_CHARS),
                    more,
                    Excerpt.of(e, MOST_CHARS)));
        }
    }
}
