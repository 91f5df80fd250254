package symphony.api.rbac.weaving;

import org.osgi.annotation.versioning.ProviderType;
import symphony.api.rbac.AccessDeniedException;
import symphony.api.rbac.SecurityContext;

/** Decides whether guarded methods may run. Thread-safe; called on the thread of the call. */
@ProviderType
public interface Enforcer {
    /**
     * Marks answers: one that was given after this was read holds as long as it is the same object. Read at each check, so it
     * costs next to nothing; and kept with answers by guarded classes for as long as they live, so it is a plain
     * {@code Object}, which keeps nothing alive.
     *
     * @return compared by identity; by default a new one each time, so that no answer is kept
     */
    default Object mark() {
        return new Object();
    }

    /**
     * Returns if the method may run. That is kept for the method and for others in the same name, as long as the {@link #mark}
     * is the one from before this was called, unless the method needs arguments.
     *
     * @param method what is called, by whomever
     * @param context of the current thread
     * @param arguments those that the method needs for its demands, as {@link GuardedMethod#demands} takes them
     * @throws AccessDeniedException if it may not
     */
    void check(GuardedMethod method, SecurityContext context, Object[] arguments);
}
